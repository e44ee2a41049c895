"""As differences.py, of classic load balancers."""

from __future__ import annotations

NO_SALE = "nothing is sold here"
HTTP_CHECKS = "of health checks by HTTP, which are refused"
NO_ACL = "of access control lists, which are refused"

WITHOUT_EFFECT: dict[tuple[str, str], str] = {
    ("Slb.CreateLoadBalancer", "AutoPay"): NO_SALE,
    ("Slb.CreateLoadBalancer", "Duration"): NO_SALE,
    ("Slb.CreateLoadBalancer", "PricingCycle"): NO_SALE,
    ("Slb.ModifyLoadBalancerInstanceSpec", "AutoPay"): NO_SALE,
    ("Slb.CreateLoadBalancerTCPListener", "AclId"): NO_ACL,
    ("Slb.CreateLoadBalancerTCPListener", "AclType"): NO_ACL,
    ("Slb.CreateLoadBalancerTCPListener", "HealthCheckDomain"): HTTP_CHECKS,
    ("Slb.CreateLoadBalancerTCPListener", "HealthCheckHttpCode"): HTTP_CHECKS,
    ("Slb.CreateLoadBalancerTCPListener", "HealthCheckURI"): HTTP_CHECKS,
    ("Slb.SetLoadBalancerTCPListenerAttribute", "AclId"): NO_ACL,
    ("Slb.SetLoadBalancerTCPListenerAttribute", "AclType"): NO_ACL,
    ("Slb.SetLoadBalancerTCPListenerAttribute", "HealthCheckDomain"): HTTP_CHECKS,
    ("Slb.SetLoadBalancerTCPListenerAttribute", "HealthCheckHttpCode"): HTTP_CHECKS,
    ("Slb.SetLoadBalancerTCPListenerAttribute", "HealthCheckURI"): HTTP_CHECKS,
    ("Slb.SetLoadBalancerTCPListenerAttribute", "MasterSlaveServerGroup"): "such a group's id is refused",
    ("Slb.SetLoadBalancerTCPListenerAttribute", "SynProxy"): "a guard against floods; always shown as disable",
}
