"""ApsaraDB RDS, API version 2014-08-15."""

from __future__ import annotations

from jackfield.products.known import known_operations
from jackfield.products.operation import Product
from jackfield.products.rds.adopted import RULE

RDS = Product(
    code="Rds",
    version="2014-08-15",
    ram_code="rds",
    host="rds",
    known=known_operations("jackfield.products.rds"),
    rule=RULE,
)
