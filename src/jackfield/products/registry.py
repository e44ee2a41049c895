"""All products by API version; a product's operations are imported when its first call arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from jackfield.products.operation import Product

_PACKAGES = {
    "2015-01-01": "tair",
    "2014-08-15": "rds",
    "2016-04-28": "vpc",
    "2014-05-26": "ecs",
    "2022-04-30": "nlb",
    "2014-05-15": "slb",
    "2020-04-15": "privatelink",
    "2015-05-01": "ram",
    "2015-04-01": "sts",
    "2015-06-12": "location",
}


class Products(Mapping[str, Product]):
    """API version → product. Importing waits for the first look-up."""

    def __init__(self) -> None:
        self._loaded: dict[str, Product] = {}

    def __getitem__(self, version: str) -> Product:
        product = self._loaded.get(version)
        if product is None:
            module = import_module(f"jackfield.products.{_PACKAGES[version]}")
            product = self._loaded[version] = module.load()
        return product

    def __iter__(self) -> Iterator[str]:
        return iter(_PACKAGES)

    def __len__(self) -> int:
        return len(_PACKAGES)
