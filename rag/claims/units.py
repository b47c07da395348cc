"""Units: the words behind a figure that say of what, and how many, it is."""

from __future__ import annotations

from decimal import Decimal

MEASURE_WORDS = {
    word: (words.split()[0], kind, Decimal(size))
    for kind, units in {
        "length": {"km kilometre kilometer": "1000", "mile": "1609.344", "m metre meter": "1", "foot feet ft": "0.3048",
                   "inch inches": "0.0254", "cm centimetre centimeter": "0.01", "yard": "0.9144"},
        "weight": {"kg kilogram kilo": "1", "tonne": "1000", "ton": "1000", "lb": "0.4536", "gram": "0.001"},
        "time": {"second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800", "month": "2629800",
                 "year": "31557600", "decade": "315576000", "century": "3155760000"},
        "area": {"acre": "4046.86", "hectare": "10000"},
        "speed": {"mph": "1609.344", "kph kmh": "1000"},
    }.items()
    for words, size in units.items()
    for word in words.split()
}  # fmt: skip
"""Word for a unit of measure → the unit it means, its kind, and its size in the base unit of that kind."""

MEASURES = {unit: (kind, size) for unit, kind, size in MEASURE_WORDS.values()}
"""Unit of measure → its kind and its size in the base unit of that kind."""

MAGNITUDES = {
    word: Decimal(10) ** power
    for power, words in {
        2: "hundred", 3: "thousand k", 5: "lakh", 6: "million mn mln m", 7: "crore", 9: "billion bn bln b",
        12: "trillion tn trn t",
    }.items()
    for word in words.split()
}  # fmt: skip
"""Word or letters after a figure → what it is multiplied by."""

CURRENCIES = {
    word: sign
    for sign, words in {
        "$": "$ dollar dollars usd", "€": "€ euro euros eur", "£": "£ sterling gbp",
        "¥": "¥ yuan renminbi rmb cny yen jpy",
    }.items()
    for word in words.split()
}  # fmt: skip
"""Word or sign → sign of the currency; yuan and yen share one."""
