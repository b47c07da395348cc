"""Does a text speak to the machine that reads it rather than to a reader?

Such a passage is marked where it is shown and where a model is given it, and never deleted: reports about chatbots
hold such words too. It is a hint for people, not a defence: what is obeyed nevertheless is caught by the checks of
sentences and citations.
"""

from __future__ import annotations

import re

from rag.records import Retrieved
from rag.visible import visible

NOTE = "speaks to a machine"
"""What a marked passage is called."""
WARNING = f"This passage {NOTE}, not to a reader."
"""The same as a sentence for readers."""

_MACHINE = (
    r"(?:(?:ai|language|artificial|digital|virtual)[ -]{1,3}(?:\w{1,30}[ -]{1,3})?(?:model|assistant|system|agent)"
    r"|chatbot|assistant|llm|gpt)s?"
)
_TOLD = r"instructions?|prompts?|rules?|commands?|guidelines?|passages?|context|directions?|orders"
_DISMISS = r"ignore|disregard|forget|override|bypass|overrule|discard|skip"
_SAY = r"write|say|reply|respond|answer|output|print|repeat|tell|state|claim|return"
_PATTERNS = (
    rf"\b(?:{_DISMISS})\b[^.!?\n]{{0,40}}\b(?:previous|prior|above|earlier|preceding|other|all|any|the|your|these)\b"
    rf"[^.!?\n]{{0,30}}\b(?:{_TOLD})\b",
    r"\b(?:dear|attention|hey|note to|message (?:to|for)|if you(?:,| are)? (?:the|an?)|instruct(?:s|ed)? the)\W{1,5}"
    rf"(?:the |any |all )?{_MACHINE}\b",
    r"\byou are (?:now )?(?:an?|the|in) [^.!?\n]{0,40}\b(?:assistant|model|mode|chatbot|clerk|ai)\b",
    rf"(?:^|[.!?,;:\n”\"] ?|\band |\bplease )(?:{_SAY})\b"
    r"[^.!?\n]{0,30}\b(?:only|exactly|nothing else|nothing but|verbatim)\b[^.!?\n]{0,40}[:：]",
    rf"\b(?:{_SAY})\b[^.!?\n]{{0,40}}\b(?:(?:this|next|following) (?:sentence|line)|the following and nothing else)\b",
    r"(?:^|[\n>\]])[ \t]{0,4}#{0,4} {0,4}(?:system|assistant|user|human|developer|instructions?) {0,3}:",
    r"<\|[\w ]{2,40}\|>|\[/?INST\]|<</?SYS>>|</?(?:passages|conversation|failed|think)>"
    r"|### {0,3}(?:human|assistant|system)\b",
    r'\{\s{0,20}"sentences"\s{0,20}:',
    r"\b(?:decode|read)\b[^.!?\n]{0,40}\b(?:and obey|base64|rot13|backwards)\b",
    r"\b(?:verifier|fact[- ]?check(?:er)?|citation check)\b[^.!?\n]{0,40}\b(?:confirmed|approved|accepted)\b",
    r"\bignore[zr]?\b[^.!?\n]{0,40}\binstructions\b|\bignorier\w*\b[^.!?\n]{0,40}\banweisungen\b"
    r"|\bignor\w+\b[^.!?\n]{0,40}\b(?:instrucciones|istruzioni|instruções)\b"
    r"|игнорируй\w*[^.!?\n]{0,40}инструкци|忽略[^。]{0,20}(?:指示|指令)",
)
_SPEAKS = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)


def looks_like_instruction(text: str) -> bool:
    """True for text with an order to a language model, or with the marks by which its conversations are set."""
    return bool(_SPEAKS.search(visible(text)))


def speaks_to_machine(found: Retrieved) -> bool:
    """True for a passage with such an order in its text or in the title above it."""
    return looks_like_instruction(found.passage.text) or looks_like_instruction(found.article.title)
