from __future__ import annotations

import pytest

from rag.speakers import speaker_of


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Geng Shuang said China would respond.", "Geng Shuang"),
        ("The Commerce Department said the firms had helped.", "The Commerce Department"),
        ("The company rejected the accusation.", "The company"),
        ("For months, the White House repeatedly denied it.", "the White House"),
        ("“We will fight this,” said Mao Ning of the foreign ministry.", "Mao Ning"),
        ('"Stay tuned," Geng answered.', "Geng"),
        ("He said it was wrong, but the ministry said it was not.", "the ministry"),
        ("Chinese experts regard this figure as too low.", "Chinese experts"),
        ("The analysts expect a record.", "The analysts"),
        ("The company's report names no buyer.", None),
        ("She denied it.", None),
        ("Prices fell on Friday.", None),
        ("As the minister said, prices fell.", None),
    ],
)
def test_who_speaks(text: str, speaker: str | None) -> None:
    assert speaker_of(text) == speaker
