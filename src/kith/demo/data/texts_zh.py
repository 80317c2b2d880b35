"""What people write down in Chinese."""

from .shape import rows

JOBS = rows("""
    总经理 | 管理层 | signer
    采购总监 | 采购部 | decision_maker
    设备经理 | 设备部 | champion
    工艺工程师 | 生产部 | user
    财务总监 | 财务部 | signer
    质量经理 | 质量部 | influencer
    实验室主任 | 实验室 | user
    总经理助理 | 管理层 | gatekeeper
""")  # fmt: skip
PAST_JOBS = rows("""
    生产工程师 | 生产部
    采购专员 | 采购部
    计量工程师 | 实验室
""")  # fmt: skip
NOTES = (
    "与{person}通话：第二台测量仪的预算已批准，要求在春节停产前完成安装。",
    "走访{city}工厂：两台旧湿度传感器漂移0.4%，希望试用六周。",
    "{person}索要近三年的校准证书，已发现有的，其余在服务部。",
    "竞争对手报价低6%。客户看重我们的服务合同，但采购会要求折扣。",
    "在展会上见到{person}：明年新建生产线，约十二个测点，第二季度招标。",
    "固件升级后TX-400又黑屏，备件已寄出，{mention}请跟进。",
    "季度回顾：对响应速度满意，对网站不满意，希望所有工厂由一人对接。",
    "谈价格：传感器接受目录价，维护计划要求八折九二，{mention}可以吗？",
    "{person}月底前出差，有事联系采购部。",
    "信用审核通过，额度已提高，账期仍为30天。",
    "视频演示顺利。待确认：环境温度45度能否工作？{mention}请问工程部。",
    "项目推迟到下一预算年度，二月再联系。",
    "货物已全部到达，下周一开始调试。",
    "客户审核通过，对我们的仪器没有意见，同意作为参考案例。",
)
TASKS = rows("""
    致电{person}：新折扣 | call | high
    向{company}发送校准证书 | email | normal
    准备拜访{company} | todo | normal
    拜访{company} | visit | normal
    {company}服务合同续签条件 | todo | high
    向{person}索取新产线图纸 | email | low
    与{person}视频会议：演示在线测量仪 | meeting | normal
    核对{company}未付发票 | todo | normal
    祝贺{person}周年纪念 | call | low
    向{company}提供试用机 | email | normal
    与{company}确认送货时间 | call | normal
    {company}调试后回访 | call | low
""")  # fmt: skip
INTERNAL = rows("""
    管理层会议月度数据 | todo | high
    更新备件价格表 | todo | normal
    预订下周差旅 | todo | low
    审阅春季邮件文案 | todo | normal
""")  # fmt: skip
FACTS = rows("""
    interest | 喜欢书法
    interest | 每周打羽毛球
    interest | 爱好摄影，常去云南
    interest | 收藏老式测量仪器
    family | 有两个孩子，大的学物理
    family | 爱人是老师
    preference | 上午联系最好，常用微信
    preference | 喜欢绿茶
    gift | 去年送的灯塔画册很喜欢
    background | 从设备部做起，非常懂技术
""")  # fmt: skip
RESULTS = ("已沟通，下周回复。", "未接通，已发邮件。", "已同意，随后报价。", "已发送。")
DESCRIPTION = "使用我们的仪器，行业：{industry}。{year}年首次订货，现场{employees}人。"
FOUNDING = "公司成立纪念日"
BIRTHDAY = "生日"
DECISIONS = ("先看数据，自己决定", "先问团队，决定很快", "谨慎，需要同行业案例", "看重十年总成本")
SPOUSE, REFERRED, PARTNER, ADVISOR = (
    "在我们的用户日相识",
    "试点后推荐了我们",
    "在新产线上安装我们的传感器",
    "顾问委员会成员",
)
BASIS = "年度评估：近十二个月的订单、付款和交流。"
TERMS = "月结30天"
