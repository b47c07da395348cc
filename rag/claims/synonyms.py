"""Synonyms: words of news English that say much the same, so that a paraphrase is not taken for an invention.

A line is one sense; a word may stand in several. Opposites never share a line. The list is general and short: what
it lacks counts as missing.
"""

from __future__ import annotations

from rag.claims.evidence import Evidence
from rag.claims.names import SPEECH_VERBS
from rag.claims.stems import comparable_stem
from rag.claims.texts import Sources

_SENSES = """
buy purchase acquire obtain get procure gain receive take takeover
sell export ship supply deliver provide vend
product goods item merchandise
company firm business corporation enterprise maker group
organisation body entity institution association group alliance
country nation state territory place region
stop halt bar ban prohibit forbid block suspend prevent stem curb restrict limit restriction
allow permit let authorise clear approve
licence permit permission authorisation approval
rise increase climb grow jump gain surge soar advance expand up growth rise higher
fall drop decline decrease slip slide lower dip tumble shrink plunge down
cut reduce lower slash trim
start begin launch open kick unveil present introduce release
end finish conclude stop expire close terminate
answer respond reply response react reaction
retaliate respond hit back strike answer
oppose object reject against resist protest
back support endorse favour help assist promise
accuse blame charge allege allegedly said
tolerate accept bear put
correct right fix mend remedy
damage hurt harm hit injure disrupt hinder hamper hold
improve better help
help aid assist support
show demonstrate reveal prove present
find discover learn detect
build construct make develop create produce manufacture output
use employ utilise
need require must
want seek wish desire aim goal objective
try attempt seek
ask request call urge demand appeal
examine look investigate review check study inspect scrutinise
watch follow monitor observe track closely
step measure move action decision
suitable appropriate proper fitting necessary need
protect defend guard safeguard
join enter link tie connect associate affiliate
arm branch unit subsidiary division
chief head leader boss director lead
spokesman spokeswoman spokesperson
own belong hold possess
base headquarter locate
include comprise contain cover take among list
contain hold include
add put place list include addition name
blacklist list ban bar
agree accept deal
deny reject dispute refuse baseless false wrong
say tell state
praise commend laud warm
warn caution alert fear
fear worry concern
hope expect
about around roughly approximately some nearly almost close
nearly almost close just
half fifty
last final latest recent
full whole entire complete total
big large major huge great
small little minor
new fresh recent
quick fast rapid
slow weak
slowest weakest lowest
strong tough harsh firm
expensive dear costly
cheap inexpensive low
immediately once instantly away
soon shortly
abroad overseas foreign
worldwide global world globe
handset phone smartphone mobile
chip semiconductor
economy gdp economic
revenue income sale earning
money fund cash
worth value cost price
job post worker employee staff
worker employee staff
police officer
rule regulation law
plan scheme proposal
meeting talk summit
talk negotiation discussion
speech address
paper newspaper article report
member legislator
senator lawmaker
government administration authority
official authority
soldier troop military army armed force
weapon arm
war conflict fight
kill die death
attack assault strike
arrest detain hold
free release
win victory beat defeat
lose loss
leave quit exit depart resign
stay remain keep
arrive come reach visit travel trip
go travel
send ship
bring take
split divide separate
set separate
share part portion proportion
third three
fourth quarter
year month annual annually yearly
day daily
week weekly
explain cause reason because
result effect consequence impact
effect impact influence
force apply take effect
likely probably
possible may
must should
rival competitor
buyer customer client
researcher scientist scholar academic expert
study research
show display
teach train training
trade craft
abuse violate violation breach
remain rest other
remainder rest other
sharp steep
additional further extra more another
carry conduct perform
last continue fight go
know call name
call describe describe characterise
access open
work operate
talk speak discuss
"""
_ALWAYS = frozenset(
    comparable_stem(word)
    for word in (
        *SPEECH_VERBS,
        *"""describe describes described mention mentions mentioned emphasise emphasised emphasize emphasized express
        expressed stress stressed highlight highlighted conclude concluded remark remarked comment commented speak spoke
        article passage text author answer answers according called calls call""".split(),
    )
)


def _by_stem() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _SENSES.strip().splitlines():
        sense = frozenset(map(comparable_stem, line.split()))
        for stem in sense:
            found[stem] = found.get(stem, frozenset()) | sense
    return found


_SAME = _by_stem()


def share_meant(evidence: Evidence) -> float:
    """idf-weighted share of the claim's content of which the sources have a word or a synonym, in 0..1.

    Words that only say who says it or where it stands, such as "mentioned" or "article", do not count.
    """
    words = zip(evidence.claim.stems, evidence.weights, strict=True)
    told = [(stem, weight) for stem, weight in words if weight and stem not in _ALWAYS]
    total = sum(weight for _, weight in told)
    return sum(weight for stem, weight in told if _is_meant(stem, evidence.sources)) / total if total else 1.0


def not_meant(evidence: Evidence) -> dict[str, str]:
    """The claim's content of which the sources have neither a word nor a synonym: stem → as the claim writes it."""
    claim = evidence.claim
    words = zip(claim.stems, claim.surfaces, evidence.weights, strict=True)
    return {
        stem: surface
        for stem, surface, weight in words
        if weight and stem not in _ALWAYS and not _is_meant(stem, evidence.sources)
    }


def _is_meant(stem: str, sources: Sources) -> bool:
    return stem in sources.by_stem or any(other in sources.by_stem for other in _SAME.get(stem, ()))
