"""What columns are called in files of other programs, by the name of our field: English, Russian, Chinese, common CRMs, vCard."""

SYNONYMS: dict[str, str] = {
    "given_name": "first name; given name; forename; имя; 名; 名字",
    "middle_name": "middle name; second name; additional names; additional name; patronymic; отчество; 中间名",
    "family_name": "last name; surname; family name; фамилия; 姓; 姓氏",
    "full_name": "full name; contact name; display name; person name; contact; фио; имя и фамилия; полное имя; контактное лицо; 姓名; 全名; 联系人",
    "prefix": "salutation; name prefix; honorific; обращение; 称谓",
    "suffix": "name suffix",
    "native_name": "native name; name in own script",
    "name": "company name; account name; organization name; organisation name; business name; company; organization; organisation; account; название; наименование; "
    "компания; организация; контрагент; клиент; 公司; 公司名称; 名称; 客户名称; 企业名称",
    "legal_name": "legal name; юридическое название; полное наименование; 法定名称",
    "email": "email; e-mail; email address; e-mail address; mail; e-mail 1 - value; email 1; primary email; work email; почта; эл. почта; электронная почта; адрес эл. почты; "
    "邮箱; 电子邮件; 邮件; 电子邮箱",
    "phone": "phone; phone number; telephone; telephone number; tel; mobile; mobile phone; cell; cell phone; work phone; business phone; phone 1 - value; phone 1; телефон; тел; "
    "тел.; номер телефона; мобильный; мобильный телефон; 电话; 电话号码; 手机; 手机号; 联系电话",
    "website": "website; web site; web; url; homepage; web page; company url; сайт; веб-сайт; 网站; 网址; 主页",
    "stage_at": "stage since; in stage since; stage entered; stage entered at; stage changed; stage change date; last stage change; stage date; в этапе с; на этапе с; дата перехода на этап; дата этапа; "
    "进入阶段时间; 阶段开始时间; 阶段变更时间",
    "owner": "owner; account owner; contact owner; assigned to; assigned user; responsible; sales rep; salesperson; ответственный; менеджер; 负责人; 所有者",
    "external_ids": "external id; external ids; внешний код; внешний id; 外部编号",
    "tags": "tags; labels; categories; метки; теги; 标签",
    "description": "description; notes; note; comment; comments; remarks; примечание; примечания; комментарий; описание; 备注; 描述; 说明",
    "industry": "industry; sector; отрасль; сфера деятельности; 行业",
    "source": "source; lead source; источник; 来源",
    "territory": "territory; sales territory; territory name; территория; 区域",
    "employees_count": "employees; number of employees; no. of employees; number employees; количество сотрудников; численность; 员工数; 员工人数",
    "annual_revenue": "annual revenue; revenue; turnover; годовая выручка; выручка; оборот; 年营业额; 年收入",
    "founded_year": "founded; year founded; year opened; год основания; 成立年份",
    "tax_id": "tax id; tax number; vat; vat number; vat id; инн; 税号",
    "registration_number": "registration number; reg number; reg. number; company number; огрн; 注册号",
    "birth_date": "birthday; birth date; birthdate; date of birth; dob; bday; день рождения; дата рождения; 生日; 出生日期",
    "gender": "gender; sex; пол; 性别",
    "language": "language; язык; 语言",
    "job_title": "job title; title; position; role; должность; 职位; 职务",
    "company": "company; company name; organization; organisation; organization name; employer; account; account name; компания; организация; место работы; 公司; 单位",
    "party": "company; company name; organization; organisation; account; customer; person; компания; организация; контрагент; клиент; 公司; 客户",
    "department": "department; отдел; подразделение; 部门",
    "position": "job title; position; должность; 职位",
    "org_unit": "department; отдел; подразделение; 部门",
    "manager": "manager; reports to; supervisor; руководитель; 上级; 经理",
    "hired_on": "hire date; hired; date of hire; дата приёма; 入职日期",
    "street": "street; address; address 1; address line 1; addressline1; street address; адрес; улица; 地址; 街道",
    "street2": "address 2; address line 2; addressline2; street 2nd line; адрес 2",
    "city": "city; town; locality; город; 城市; 市",
    "region": "state; province; region; state/province; state province name; county; область; регион; край; 省; 省份; 州",
    "postcode": "postcode; postal code; zip; zip code; zip/postal code; индекс; почтовый индекс; 邮编; 邮政编码",
    "country": "country; country name; country region name; country/region; country code; страна; 国家",
    "due_on": "due; due date; deadline; срок; 截止日期",
    "text": "text; body; note; текст; 正文; 内容",
}


def words(name: str) -> list[str]:
    """The synonyms of a field name."""
    return [word.strip() for word in SYNONYMS.get(name, "").split(";") if word.strip()]
