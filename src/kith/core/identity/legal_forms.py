"""Legal forms of companies in many countries, folded (text.fold), without dots, spaces and slashes."""

from .text import words

# Forms that stand behind the name (or in front, see IN_FRONT).
LATIN = words(
    # Germany, Austria, Switzerland
    "gmbh ggmbh ag kg ohg gbr ug se ek ev eg kgaa mbh gmbhcokg gmbhcokgaa agcokg ugcokg gesmbh "
    "haftungsbeschrankt ughaftungsbeschrankt "
    # English-speaking countries, Asia in English
    "ltd limited llc lc llp lp inc incorporated corp corporation co company plc pllc pc pty ptyltd "
    "coltd colimited coinc cocorp companylimited companyltd pte pteltd pvt pvtltd privatelimited "
    "ltdco llcco sdn bhd sdnbhd berhd cic unlimited proprietarylimited coltda dba fze fzco fzllc "
    # France, Belgium, Spain, Portugal, Latin America
    "sa sas sasu sarl eurl sci snc scs sca sprl srl sl slu sau sadecv sapidecv sderldecv "
    "sderl srldecv ltda limitada eireli epp saa sac sacv cv lda unipessoallda scrl bvba "
    # Italy
    "spa srls sapa soccoop "
    # Netherlands, Nordic countries, Baltics
    "bv nv vof ab as aps ans asa oy oyj ky hf ehf ou uab sia mb publ abpubl ivs ks "
    # Poland, Czechia, Slovakia, Hungary, Romania, Balkans, Turkey, Greece
    "spzoo zoo spk spj spkomandytowa spzoospk sro spolsro kft nyrt zrt bt kkt doo jdoo "
    "eood ood ead anonimsirketi ltdsti epe "
    # Russian forms in Latin
    "ooo oao zao pao nao jsc ojsc pjsc cjsc tov "
    # Indonesia, Vietnam, Japan, Korea in Latin
    "pt tbk kk gk yk kabushikigaisha kabushikikaisha"
)
CYRILLIC = words(
    "ооо оао зао пао ао нао ип одо тоо тов фоп пат прат чп пбоюл оод еоод еад доо чуп уп "
    "кфх спк фгуп гуп муп мкп фку фгбу гбу мбу мку ано нко тсж снт гск "
    "обществосограниченнойответственностью обществосдополнительнойответственностью "
    "акционерноеобщество публичноеакционерноеобщество закрытоеакционерноеобщество "
    "открытоеакционерноеобщество непубличноеакционерноеобщество индивидуальныйпредприниматель "
    "товариществосограниченнойответственностью товариствозобмеженоювідповідальністю "
    "приватнеакціонернетовариство публічнеакціонернетовариство фізичнаособапідприємець "
    "автономнаянекоммерческаяорганизация федеральноегосударственноеунитарноепредприятие "
    "муниципальноеунитарноепредприятие государственноеунитарноепредприятие "
    "некоммерческоепартнерство частноепредприятие"
)
# Latin forms that also stand in front of the name; not those that are words or initials.
IN_FRONT = CYRILLIC | words(
    "ooo oao zao pao nao llc ltd gmbh jsc ojsc pjsc cjsc uab sia ou pt sarl eurl kabushikigaisha"
)
MOST_WORDS = 6
# The longest first.
HAN = tuple(
    sorted(
        words(
            "股份有限公司 有限责任公司 有限公司 股份公司 集团公司 控股集团 集团 公司 有限合伙 合伙企业 "
            "普通合伙 个人独资企业 株式会社 有限会社 合同会社 合资会社 一般社团法人 주식회사 유한회사"
        ),
        key=lambda form: (-len(form), form),
    )
)
HAN_IN_FRONT = ("株式会社", "有限会社", "合同会社", "주식회사", "유한회사")
