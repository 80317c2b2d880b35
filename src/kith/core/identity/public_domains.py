"""The shipped list of domains at which anybody can have an address or a page."""

from .text import words

PUBLIC_MAIL_DOMAINS = words(
    # world-wide
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com passport.com outlook.de outlook.fr "
    "outlook.es outlook.it outlook.jp outlook.kr outlook.com.br hotmail.de hotmail.fr hotmail.co.uk hotmail.it "
    "hotmail.es hotmail.com.br live.de live.fr live.co.uk live.nl live.it live.se live.no live.dk live.cn "
    "yahoo.com yahoo.de yahoo.fr yahoo.co.uk yahoo.it yahoo.es yahoo.co.jp yahoo.com.br yahoo.co.in yahoo.in "
    "yahoo.ca yahoo.com.au yahoo.com.cn yahoo.cn yahoo.com.hk yahoo.com.tw yahoo.com.mx yahoo.com.ar ymail.com "
    "rocketmail.com aol.com aim.com icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me "
    "tutanota.com tutanota.de tuta.io tuta.com zoho.com zohomail.com zohomail.eu gmx.com mail.com email.com "
    "usa.com consultant.com fastmail.com fastmail.fm hushmail.com mailfence.com runbox.com posteo.net "
    "inbox.com lycos.com excite.com duck.com hey.com mailbox.org disroot.org riseup.net "
    # Russia and neighbours
    "mail.ru internet.ru bk.ru inbox.ru list.ru xmail.ru yandex.ru yandex.com ya.ru yandex.by yandex.kz "
    "yandex.ua yandex.com.tr narod.ru rambler.ru lenta.ru autorambler.ru myrambler.ru ro.ru rambler.ua "
    "ukr.net i.ua meta.ua bigmir.net email.ua tut.by mail.kz inbox.lv inbox.lt mail.ee vk.com sibmail.com "
    "nxt.ru hotbox.ru pochta.ru pisem.net land.ru mail333.com newmail.ru sovintel.ru "
    # China and Asia
    "qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net vip.163.com vip.126.com 188.com sina.com sina.cn "
    "vip.sina.com sohu.com vip.sohu.com tom.com 139.com 189.cn wo.cn aliyun.com 21cn.com 263.net eyou.com "
    "hotmail.com.tw pchome.com.tw hinet.net naver.com daum.net hanmail.net nate.com kakao.com rediffmail.com "
    "docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com "
    # Germany, Austria, Switzerland
    "gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de arcor.de posteo.de mailbox.de magenta.de "
    "vodafone.de o2online.de kabelmail.de aon.at chello.at bluewin.ch hispeed.ch sunrise.ch "
    # other Europe
    "orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr libero.it virgilio.it tin.it "
    "alice.it tiscali.it fastwebnet.it email.it inwind.it pec.it terra.es telefonica.net ono.com sapo.pt "
    "btinternet.com btopenworld.com virginmedia.com ntlworld.com sky.com talktalk.net blueyonder.co.uk o2.co.uk "
    "ziggo.nl kpnmail.nl planet.nl home.nl hetnet.nl xs4all.nl telenet.be skynet.be proximus.be "
    "online.no broadpark.no telia.com comhem.se bredband.net spray.se jubii.dk mail.dk tdcadsl.dk "
    "suomi24.fi luukku.com kolumbus.fi wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu poczta.onet.pl "
    "poczta.fm gazeta.pl tlen.pl seznam.cz email.cz centrum.cz post.cz volny.cz azet.sk centrum.sk zoznam.sk "
    "freemail.hu citromail.hu abv.bg mail.bg dir.bg otenet.gr mynet.com superonline.com walla.co.il "
    # the Americas, Australia
    "comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com "
    "netzero.net optonline.net frontier.com windstream.net roadrunner.com rogers.com sympatico.ca shaw.ca "
    "telus.net videotron.ca uol.com.br bol.com.br terra.com.br ig.com.br globo.com prodigy.net.mx "
    "bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz "
    # throw-away addresses
    "mailinator.com guerrillamail.com 10minutemail.com tempmail.com yopmail.com trashmail.com"
)
# Sites where a page belongs to a person or a company, but the domain to neither.
SHARED_WEB_DOMAINS = words(
    "vk.com vk.ru ok.ru t.me telegram.me facebook.com fb.com instagram.com linkedin.com xing.com twitter.com x.com "
    "youtube.com youtu.be rutube.ru dzen.ru tiktok.com douyin.com weibo.com weixin.qq.com bilibili.com zhihu.com "
    "wa.me whatsapp.com github.com gitlab.com medium.com blogspot.com wordpress.com wixsite.com narod.ru "
    "livejournal.com sites.google.com goo.gl bit.ly linktr.ee taplink.cc amazon.com ebay.com etsy.com avito.ru "
    "ozon.ru wildberries.ru taobao.com tmall.com alibaba.com 1688.com jd.com hh.ru 2gis.ru google.com yandex.ru "
    "tilda.ws myshopify.com pinterest.com wikipedia.org ru.wikipedia.org en.wikipedia.org"
)
