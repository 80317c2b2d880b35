"""What must look right in every showing: who leads whom, who owns whom, who knows whom."""

from .shape import rows

#: domain of the firm, title, given name, family name, gender; in the order of the jobs
STARRING = rows("""
    haldenpaper | | Ingrid | Halvorsen | f
    haldenpaper | | Per | Lunde | m
    haldenpaper | | Synnøve | Aas | f
    haldenpaper | | Olav | Tveit | m
    balticdairy | | Rūta | Kazlauskaitė | f
    lumengrid | | Mikko | Saarinen | m
    nordhavnyard | | Freja | Mortensen | f
    orbispharma | Dr. | Jonas | Reuter | m
    ferroalliages | | Élodie | Marchand | f
    kestrelbrewing | | Hannah | Whitlock | f
    sablefinch | Prof. | Amara | Okafor | f
    deltacanning | | Pieter | De Smet | m
    chengguang-optics | | 雨桐 | 陈 | f
    chengguang-optics | | 志远 | 王 | m
    volga-polymer | | Дмитрий | Соколов | m
    uralenergoservis | | Ольга | Лебедева | f
""")  # fmt: skip

#: subsidiary, parent company
SUBSIDIARIES = rows("""
    haldenpaper | nordfiber
    norrskogmassa | nordfiber
    orbisbio | orbispharma
    vptrade | volga-polymer
    cg-precision | chengguang-optics
""")  # fmt: skip

#: kind, domain of one side, domain of the other
TIES = rows("""
    partner | fjordmaling | bergvik
    partner | spreeoptik | orbispharma
    partner | harwellphotonics | kestrelbrewing
    partner | hengce | chengguang-optics
    partner | niimetro | volga-polymer
    referred | tathimfarm | volga-polymer
    referred | labocarmine | ferroalliages
    referred | limmatpharma | orbispharma
    referred | wx-wind | lvyuan-env
""")  # fmt: skip
