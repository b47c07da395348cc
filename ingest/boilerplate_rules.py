"""What a line of a scraped page looks like that is not the story, whatever the page: patterns for whole lines.

Each pattern must match all of a line of limited length, so no part of a paragraph is ever taken. They are
English; other languages are left to what repeats. `OPENINGS` are told by how the line begins. `MARKED` may
begin with anything, which is slow to try, so each is tried only on lines that hold one of its marks.
"""

from __future__ import annotations

import re

_CHANNEL = (
    r"(?:Telegram|WhatsApp|newsletters?|(?:our|news|YouTube) channel|podcasts?|push notifications|"
    r"(?:email|news|text|breaking news) alerts|(?:your|our) inbox|your texts|Facebook group|text messag\w+|"
    r"texting campaign|\w* ?subscribers?\b)"
)
_CHANNEL_MARKS = (
    "telegram whatsapp newsletter channel podcast notification alerts inbox texts facebook messag texting subscriber"
).split()
_JOIN = r"(?:Join|Follow|Subscribe|Sign[- ]up|Get|Become|Consider supporting|Text with|Download)"
_NAME = r"[A-ZÀ-Þ][\w'’.-]*(?: (?:\"\w+\" )?(?:[A-ZÀ-Þ][\w'’.-]*|de|da|van|von|der|bin|al|la)){1,4}"
_NAMES = rf"{_NAME}(?:(?:,| and| &|, and) {_NAME}){{0,12}}"
_HANDLE = r"(?:[\w.+-]+@[\w-]+\.[\w.]+|(?<!\w)@\w{3,})"
_SOCIAL = r"(?:Twitter|X|Facebook|Instagram|Threads|Bluesky|Mastodon|LinkedIn|TikTok|YouTube|social media)"
_WRITER = r"(?:reporter|journalist|columnist|correspondent|writer|editor|producer|photographer)"
_NOT_POLICE = r"(?!.{0,80}\b(?i:police|crime|sheriff|department|detective|hotline|helpline|office|center|centre)\b)"
_LABELS = (
    r"(?:Read|Read more|Read next|Read also|Also read|Keep reading|See also|See more|Related|"
    r"Related (?:stories|articles|news|coverage)|More|More on this|More on this story|More stories|Recommended|"
    r"You may also like|Don't miss|Watch|Watch (?:now|this|live)|Listen|In pictures|Most read|Trending|Trending now|"
    r"Editor's picks?|Top stories|Photos?|Gallery|Videos?|Explainer|Opinion|Column|Editorial|Perspective|"
    r"Live(?: (?:updates|blog|coverage))?|Fact[- ]check|Interactive|Graphics?|Podcasts?|Subscribers?(?: only)?|"
    r"(?:Just |Exclusive )?For subscribers)"
)
_INVITATIONS = (
    r"Subscribe to .{2,60}\b(?:SUBSCRIBE|Sign up)\b.{0,400}",
    r"(?i:\(?(?:For more|To get|You can get) .{2,120},? (?:sign up|subscribe)\b.{0,120})",
    r"(?i:\(?You can (?:get|follow|sign up) .{2,120}\b(?:sign up here|delivered to your inbox)\b.{0,80})",
    r"(?i:(?:Download|Get) (?:our|the) .{0,30}\bapp\b.{0,60})|(?i:The .{2,30} app gets you .{0,200})",
    r"(?i:(?:Find|Get|Discover|Browse|Keep up with|All) (?:the |all the )?(?:top|latest|breaking) "
    r"(?:stories|news|headlines)\b.{0,240})",
    r"(?i:(?:Need|Looking for|Want|Feeling|Prefer|Love|Like|Enjoying|Craving)\b[^?.]{2,120}\? ?(?:Play|Check out|Try|"
    r"Explore|Join|Listen|Sign up|Subscribe|Download|Follow)\b.{0,60}\b(?:puzzles?|games|crossword|quiz|newsletter|"
    r"podcasts?|app|news|results|group|coverage)\b.{0,120})",
    r"(?i:(?:Prefer|Want) to (?:listen|watch)\?.{0,80})",
    r"(?i:Hit play on the player (?:above|below)\b.{0,400})",
    r"(?i:(?:Podcasts?|Newsletters?) ?: .{0,160}\b(?:right )?here\.?)",
    r"(?i:Get more .{2,60} (?:news|coverage|stories) by .{2,60})",
    r"(?i:Stay (?:tuned|connected|in the (?:know|conversation))\b.{0,120}\b(?:coverage|newsletter|subscriber|updates)\b"
    r".{0,80})",
    r"(?i:(?:[^:]{2,30}: )?Shop (?:this|our|the) .{2,80} (?:curated|picked|chosen|recommended) by .{2,40})",
    r"(?i:These articles are for .{2,60} subscribers\b.{0,300})",
)
_PROMPTS = (
    r"(?i:To (?:participate in|take part in|join) the (?:discussion|conversation).{0,60})",
    r"(?i:(?:Please )?(?:log in|sign in|login)(?: or (?:register|sign up|create an account))?"
    r"(?: (?:to|and) (?:comment|join|participate|continue|reply|read|view)\b.{0,60})?[.:]?)",
    r"(?i:(?:Leave|Post|Add|Write|View|Show|Hide|Load) (?:a |your |all |more )?comments?(?: \(\d+\))?)",
    r"(?i:(?:Comments?|\d+ comments?)(?: \(\d+\))?)",
    r"(?i:(?:This|The) (?:article|content|story) is (?:only )?(?:available )?(?:for|to) (?:our )?subscribers.{0,80})",
    r"(?i:(?:Leer en español|Read (?:this )?(?:article |story )?in (?:English|Spanish|French|Chinese|Arabic))\.?)",
)
_LINKS = (
    rf"(?i:{_LABELS} ?(?:[|>»→:…]?|[:|>»→] ?.{{2,200}}))",
    r"(?i:More (?:[\w'’]+ ){0,4}(?:coverage|stories|news|headlines)(?: (?:from|on|at) .{2,40})?|More from .{2,40}):?",
    r"(?i:(?:Click|Tap|Scroll) (?:here|down|to) .{0,80})",
    r"(?i:Catch up (?:on|with) .{0,80}\b(?:live updates|coverage|newsletter)\b.{0,60})",
    r"(?i:More .{2,40}: ?https?://\S+(?: (?:and|or) https?://\S+)*)",
    r"[^:]{3,60}: ?(?:See (?:who|how|where|all|which|our)|Get the latest|Follow (?:along|our|the latest|every|USA)|"
    r"Read (?:our|the full|more)|Explore our|Track (?:our|the latest)|Rank(?:ing|ed))\b.{3,160}",
    r"(?i:Follow every (?:game|match|race)\b.{0,80})",
    r"(?i:(?:Feeling lucky\? )?Explore the latest\b.{0,60})",
)
_LEGAL = (
    r"(?i:(?:Privacy policy|Terms (?:of (?:use|service)|(?:and|&) conditions)|Manage (?:consent|preferences)|"
    r"Accept all|Reject all|Do not sell my (?:personal )?info(?:rmation)?)\.?)",
    r"(?i:(?:©|\(c\) ?\d|Copyright (?:©|\(c\)|\d|by\b)).{0,300})",
    r"(?i:Disclosure: .{0,200})",
    r"(?i:(?:The )?(?:views|opinions) expressed (?:here|in this|by the) .{0,200})",
)
_ADVERTISING_AND_SHARING = (
    r"(?i:Advertisement|Advertising|Sponsored(?: content)?|Promoted(?: content)?|Paid content|Ad|Skip advert)",
    r"(?i:(?:Story|Article|Content) continues (?:below|after)\b.{0,40}|Continue reading\b.{0,40})",
    r"(?i:Share (?:this|the) (?:article|story|post|page)\b.{0,60}|Share(?: (?:on|via) \w+)?|Click to share\b.{0,60})",
    r"(?i:(?:(?:Facebook|Twitter|X|WhatsApp|LinkedIn|Telegram|Reddit|E-?mail|Print|Copy (?:the )?link|Pinterest|Save|"
    r"Share)(?:[ ,|·/]+|$)){1,9})",
    r"(?:Video )?Ad Feedback .{2,160}",
    r"[\W_]{1,40}",
)
_NOTICES = (
    r"(?i:\(?(?:This|The) (?:\w+ )?(?:story|article|file|page|report|post|list|blog|content) (?:has been|was|will be|"
    r"is being|is regularly) (?:\w+ )?updated\b.{0,120}\)?)",
    r"(?i:\(?(?:This is a|A) (?:developing|breaking)(?: news)? story\b.{0,120}\)?)",
    r"(?i:Editor['’]s note ?: (?=.*\b(?:newsletter|live (?:updates|blog)|follow|latest (?:news|updates)|visit|sign up|"
    r"coverage|read more|views expressed|opinions? expressed)\b).{0,480})",
    r"(?i:This (?:article|story) (?:contains material from|(?:was )?originally (?:appeared|published)|first appeared) "
    r".{2,120})",
)
_CREDITS = (
    r"(?i:Contribut(?:ing|ors|ed)(?: writers?)? ?: .{2,240}|Contributing)",
    r"(?:Reporting|Additional reporting|Writing|Editing|Compiled|Edited|Produced) by .{2,240}",
    rf"[–—−-]{{1,2}} ?(?:By )?{_NAMES}(?:, [A-Z][\w .]{{1,40}})?",
    r"(?:Photographs?|Photos|Graphics?|Illustrations?|Video) by .{2,80}",
    rf"(?:E-?mail|Twitter|Instagram|Facebook|Contact|Phone)?:? ?{_HANDLE}(?:[;,| ]+(?:(?:and|or) )?(?:on )?"
    rf"(?:{_SOCIAL}:? ?)?(?:{_HANDLE})?)*",
)
_AUTHORS = (
    rf"(?:Contact|Reach|E-?mail) {_NOT_POLICE}{_NAME} at .{{5,200}}",
    rf"{_NAME} (?:(?:can be (?:reached|contacted|followed)|is on (?:Twitter|X))\b.{{2,200}}|"
    rf"(?:covers|reports on|writes (?:about|for)|is (?:an?|the) .{{0,120}}\b{_WRITER}\b).{{0,200}}"
    rf"(?:{_HANDLE}|USA TODAY Network).{{0,200}})",
    rf"(?:Have|Got) (?:an? )?(?:news |story )?(?:tip|question|story|idea)s?\b.{{0,120}}\? .{{0,300}}{_HANDLE}"
    r".{0,200}",
)
LONGEST = 600
"""Characters; a longer line is a paragraph of the story whatever it says."""
OPENINGS = re.compile(
    "|".join(
        f"(?:{pattern})"
        for pattern in (
            *_INVITATIONS,
            *_PROMPTS,
            *_LINKS,
            *_LEGAL,
            *_ADVERTISING_AND_SHARING,
            *_NOTICES,
            *_CREDITS,
            *_AUTHORS,
        )
    )
)
_MARKED: tuple[tuple[list[str], str], ...] = (
    # An invitation that opens a sentence, and what it invites to.
    (
        _CHANNEL_MARKS,
        rf"(?:.{{3,240}}[:?!.)] ?)?{_JOIN}\b.{{0,160}}\b{_CHANNEL}\b.{{0,240}}|"
        rf"[^?]{{3,160}}\b{_CHANNEL}[^?]{{0,40}}\? {_JOIN}\b.{{0,200}}",
    ),
    (
        ["—", "–"],
        r"(?:[A-Z][\w.'’-]*(?:[,/]? |/)){0,7}\(?[A-Z][\w.]+\)?(?: Business| Sport| Opinion)? ?[—–]",
    ),
    (
        ["subscribe & save"],
        r".{2,200}\bSUBSCRIBE & SAVE\b.{0,400}",
    ),
    (
        ["sign up", "sign-up"],
        r"(?:.{3,60}[:?!] ?)?Sign[- ]up (?:for|to|here|now|and)\b.{0,160}",
    ),
    (
        ["follow "],
        r"(?i:(?:.{2,60}: )?Follow (?:us|along|@?\w+(?: [\w'’.]+){0,4}) on (?:Twitter|X|Facebook|Instagram|LinkedIn|"
        r"Telegram|Threads|Bluesky|TikTok|Google News)\b.{0,200})",
    ),
    (
        ["journalism"],
        r"(?i:.{0,60}\bsupport(?:ing)? (?:our|local|independent|quality) journalism\b.{0,160})",
    ),
    (
        ["subscriber-only"],
        r"(?i:.{2,160}\bsubscriber-only\b.{0,200})",
    ),
    (
        ["check your local"],
        r"(?:.{0,60}[?:] )?Check your local (?:forecast|listings) here\b.{0,10}",
    ),
    (
        ["cookie"],
        r"(?i:.{0,80}\b(?:uses? cookies|cookie (?:policy|settings|preferences|consent)|accept (?:all )?cookies)\b"
        r".{0,200})",
    ),
    (
        ["all rights reserved"],
        r"(?i:(?:.{0,80} )?All rights reserved\.?.{0,100})",
    ),
    (
        [" earn "],
        r"(?i:.{0,160}\bwe (?:may|can) earn (?:an? )?(?:affiliate |small )?(?:fee|commission|revenue)\b.{0,300}|"
        r".{0,60}\bmay earn (?:revenue|an? (?:\w+ )?commission)\b.{0,300})",
    ),
    (
        ["content partner"],
        r"(?i:.{2,60} is an? .{2,40} content partner\b.{0,240})",
    ),
    (
        ["sponsored by"],
        r"(?i:.{2,80} (?:is|are) sponsored by .{2,120})",
    ),
    (
        ["disclosure policy"],
        r"(?i:.{2,60} has a disclosure policy\.?)",
    ),
    (
        ["contributed to this"],
        r"(?i:(?:[–—−-]+ ?)?.{2,240}\bcontributed to this (?:report|story|article|post)\b.{0,260})",
    ),
    (
        ["@"],
        rf"(?:.{{0,120}}[?.!] )?(?i:you can |please )?(?i:contact|reach|follow|e-?mail|call|tweet|send) {_NOT_POLICE}"
        rf"(?:.{{0,40}}\b{_WRITER}s?\b|{_NAME}|him|her|them|me|us)\b(?=.*{_HANDLE}).{{2,400}}",
    ),
    (
        ["reach ", "contact ", "follow ", "mail ", "connect with "],
        rf"(?=.*(?:{_HANDLE}|\d{{3}}[) -]+\d{{3}}-\d{{4}})).{{0,300}}\b(?i:reach|contact|follow|email|e-mail|find|"
        r"connect with) (?:him|her|them|me|us|the reporter)\b.{2,300}",
    ),
)
MARKED = tuple((tuple(marks), re.compile(pattern)) for marks, pattern in _MARKED)
"""Marks in small letters, any of which a line must hold, and the pattern for the line."""
AUTHOR_NOTE = re.compile(
    rf"{_NAME}(?:, .{{2,60}},)? (?:covers|reports on|writes (?:about|for)|is (?:an?|the) .{{0,160}}\b{_WRITER})\b"
    r".{0,300}"
)
"""Who wrote it; a sentence of the story may read the same, so this holds in the last lines only."""
GLUED_LINK = re.compile(
    r"(?P<label>(?=.{0,80}[A-Za-z])[^:?!]{2,80}(?<!said)(?<!says)(?<!asked)(?<!added)(?<!wrote)[:?!]{1,2})"
    r"['\"‘“]{0,2}[A-Z$].{10,180}(?<![.])"
)
"""A label and a headline without a space between: the page had them in two elements."""
CAPITAL_LINK = re.compile(r"(?P<label>[A-Z0-9][A-Z0-9 '’&.,/-]{3,50})[:?] (?P<rest>[A-Z0-9'\"‘“$].{15,160})")
"""A label in capitals before a headline."""
