//! The registers with their fields and canonical headings, in the order in which rows are made here.

/// Field and canonical heading of every column.
pub(crate) type Columns = &'static [(&'static str, &'static str)];

pub(crate) const REGIONS: Columns = &[
    ("code", "区镇代码"),
    ("name", "区镇名称"),
    ("kind", "类型"),
    ("valid_from", "生效日期"),
    ("valid_to", "失效日期"),
    ("address_words", "地址关键词"),
];
pub(crate) const ENTERPRISES: Columns = &[
    ("uscc", "统一社会信用代码"),
    ("name", "企业名称"),
    ("former_names", "曾用名"),
    ("region", "区镇"),
    ("founded_on", "成立日期"),
    ("industry", "行业代码"),
    ("size", "规模"),
    ("state", "企业状态"),
    ("state_since", "状态日期"),
];
pub(crate) const CHANGES: Columns = &[
    ("uscc", "统一社会信用代码"),
    ("kind", "变更事项"),
    ("before", "变更前"),
    ("after", "变更后"),
    ("changed_on", "变更日期"),
];
pub(crate) const STATUSES: Columns = &[
    ("uscc", "统一社会信用代码"),
    ("kind", "资质"),
    ("certificate", "证书编号"),
    ("valid_from", "生效日期"),
    ("valid_to", "失效日期"),
    ("revoked_on", "撤销日期"),
    ("basis", "依据文号"),
    ("standard", "执行标准"),
    ("surveyed_on", "监督审核日期"),
];
pub(crate) const PATENTS: Columns = &[
    ("application_number", "申请号"),
    ("kind", "专利类型"),
    ("title", "名称"),
    ("filed_on", "申请日"),
    ("granted_on", "授权公告日"),
    ("grant_number", "授权公告号"),
    ("patentees", "专利权人"),
    ("first_patentee_uscc", "第一专利权人代码"),
    ("inventors", "发明人"),
    ("ipc", "分类号"),
    ("address", "地址"),
    ("abstract", "摘要"),
];
pub(crate) const EVENTS: Columns = &[
    ("application_number", "申请号"),
    ("kind", "事件"),
    ("effective_on", "生效日期"),
    ("registered_on", "登记日期"),
    ("party", "相对方"),
    ("party_uscc", "相对方代码"),
    ("party_address", "相对方地址"),
    ("document", "文号"),
];
pub(crate) const FOREIGN: Columns = &[
    ("grant_number", "授权号"),
    ("office", "受理局"),
    ("granted_on", "授权日期"),
    ("route", "途径"),
    ("pct_number", "国际申请号"),
    ("cn_application_number", "中国申请号"),
    ("proprietor", "专利权人"),
    ("proprietor_uscc", "专利权人代码"),
    ("kind", "类型"),
    ("state", "状态"),
    ("ended_on", "失效日期"),
];
pub(crate) const PRIZES: Columns =
    &[("prize", "奖项"), ("year", "年度"), ("application_number", "申请号"), ("grade", "等级"), ("basis", "文号")];
pub(crate) const PLEDGES: Columns = &[
    ("number", "登记号"),
    ("right", "权利种类"),
    ("pledgor_uscc", "出质人代码"),
    ("pledgee", "质权人"),
    ("objects", "标的"),
    ("amount", "登记金额"),
    ("ip_amount", "知识产权金额"),
    ("allocations", "分配金额"),
    ("disbursed", "实际放款"),
    ("registered_on", "登记日期"),
    ("released_on", "注销日期"),
    ("rollover", "续贷"),
];
pub(crate) const TRADEMARKS: Columns = &[
    ("number", "注册号"),
    ("nice_class", "类别"),
    ("mark", "名称"),
    ("holder", "注册人"),
    ("holder_uscc", "注册人代码"),
    ("registered_on", "注册日期"),
    ("expires_on", "专用期截止"),
    ("kind", "种类"),
];
pub(crate) const MADRID: Columns = &[
    ("ir_number", "国际注册号"),
    ("mark", "名称"),
    ("holder", "注册人"),
    ("holder_uscc", "注册人代码"),
    ("registered_on", "国际注册日"),
    ("origin", "原属局"),
    ("nice_classes", "类别"),
    ("designations", "指定缔约方"),
];
pub(crate) const STATISTICS: Columns = &[
    ("measure", "指标"),
    ("region", "区镇"),
    ("year", "年度"),
    ("value", "数值"),
    ("unit", "单位"),
    ("vintage", "数据版本"),
    ("published_on", "发布日期"),
    ("source", "来源"),
];
pub(crate) const SEI: Columns = &[
    ("code", "产业代码"),
    ("rule", "规则号"),
    ("name", "产业名称"),
    ("ipc", "分类号"),
    ("match", "匹配方式"),
    ("excluded_ipc", "排除分类号"),
    ("keywords", "关键词"),
    ("excluded_keywords", "排除关键词"),
];
pub(crate) const OFFICIAL: Columns = &[("application_number", "申请号"), ("as_of", "统计时点"), ("categories", "类别")];
pub(crate) const TRAINEES: Columns = &[
    ("person", "人员编号"),
    ("name", "姓名"),
    ("uscc", "单位代码"),
    ("course", "课程"),
    ("service", "服务类别"),
    ("completed_on", "结业日期"),
    ("result", "结果"),
];
pub(crate) const SURVEYS: Columns = &[
    ("survey", "调查"),
    ("approval", "批准文号"),
    ("as_of", "调查时点"),
    ("sample", "有效样本"),
    ("positive", "达标样本"),
    ("mean_score", "平均分"),
];
pub(crate) const FEES: Columns =
    &[("number", "申请号"), ("kind", "费用种类"), ("amount", "金额"), ("paid_on", "缴费日期"), ("receipt", "票据号")];
pub(crate) const CREDIT: Columns = &[
    ("uscc", "统一社会信用代码"),
    ("list", "名单"),
    ("effect", "处理"),
    ("decision", "决定文号"),
    ("valid_from", "列入日期"),
    ("valid_to", "移出日期"),
];
pub(crate) const SUBSIDIES: Columns =
    &[("number", "申请号"), ("payer", "资助单位"), ("amount", "金额"), ("paid_on", "发放日期"), ("basis", "依据文号")];
pub(crate) const HOLIDAYS: Columns = &[("date", "日期"), ("name", "名称"), ("is_off", "放假")];
pub(crate) const DELIVERIES: Columns = &[("register", "登记簿"), ("period", "期间"), ("state", "状态")];
pub(crate) const TRAJECTORIES: Columns =
    &[("indicator", "指标"), ("region", "区镇"), ("date", "日期"), ("value", "目标值"), ("author", "填报人")];
pub(crate) const PROVINCE: Columns =
    &[("indicator", "指标"), ("as_of", "统计时点"), ("value", "数值"), ("source", "来源")];

pub(crate) const LICENCES: Columns = &[
    ("number", "合同备案号"),
    ("objects", "专利号"),
    ("licensor", "许可人"),
    ("licensor_uscc", "许可人代码"),
    ("licensee", "被许可人"),
    ("licensee_uscc", "被许可人代码"),
    ("kind", "许可种类"),
    ("effective_on", "生效日期"),
    ("ended_on", "终止日期"),
    ("amount", "许可费"),
    ("registered_on", "备案日期"),
];
pub(crate) const INSURANCES: Columns = &[
    ("number", "保单号"),
    ("holder", "投保人"),
    ("holder_uscc", "投保人代码"),
    ("kind", "险种"),
    ("insurer", "保险机构"),
    ("objects", "标的"),
    ("premium", "保费"),
    ("insured", "保额"),
    ("valid_from", "起保日期"),
    ("valid_to", "终保日期"),
    ("subsidy", "财政补贴金额"),
    ("claimed", "已赔付金额"),
];
pub(crate) const SPENDING: Columns = &[
    ("unit", "投入单位"),
    ("kind", "单位类型"),
    ("year", "年度"),
    ("source", "经费来源"),
    ("budgeted", "预算金额"),
    ("spent", "支出金额"),
];
pub(crate) const FUNDS: Columns = &[
    ("department", "主管部门"),
    ("fund", "资金名称"),
    ("year", "年度"),
    ("total", "资金总额"),
    ("has_condition", "有无知识产权条件"),
    ("condition", "条件内容"),
    ("basis", "依据文号"),
];
pub(crate) const PROJECTS: Columns = &[
    ("fund", "资金名称"),
    ("year", "年度"),
    ("project", "项目名称"),
    ("holder", "承担单位"),
    ("holder_uscc", "承担单位代码"),
    ("amount", "资金金额"),
    ("focus", "聚焦方向"),
];
pub(crate) const ITEMS: Columns = &[
    ("department", "发文部门"),
    ("document", "文件文号"),
    ("title", "文件名称"),
    ("clause", "条款"),
    ("item", "奖补事项"),
    ("subject", "奖补对象"),
    ("event", "事件种类"),
    ("amount", "奖补金额"),
    ("cap", "最高金额"),
    ("valid_from", "生效日期"),
    ("valid_to", "失效日期"),
    ("relation", "与本政策关系"),
    ("rests_on", "上位文件"),
];
pub(crate) const LEADING: Columns = &[("industry", "主导产业"), ("code", "行业代码"), ("basis", "依据")];
pub(crate) const LIBRARY: Columns = &[
    ("number", "项目编号"),
    ("name", "项目名称"),
    ("uscc", "统一社会信用代码"),
    ("holder", "企业名称"),
    ("year", "年度"),
    ("tags", "项目标签"),
    ("industry", "主导产业"),
    ("rights", "依据权利"),
    ("review", "评审结论"),
    ("reviewed_on", "评审日期"),
    ("review_document", "评审文号"),
    ("form", "扶持方式"),
    ("amount", "扶持金额"),
    ("supported_on", "扶持日期"),
    ("results", "项目成果"),
];
pub(crate) const USES: Columns = &[
    ("number", "台账编号"),
    ("item", "扶持事项"),
    ("uscc", "统一社会信用代码"),
    ("object", "贷款或保单号"),
    ("amount", "扶持金额"),
    ("paid_on", "拨付日期"),
    ("basis", "依据文号"),
];
pub(crate) const PILOTS: Columns = &[
    ("number", "试点编号"),
    ("uscc", "统一社会信用代码"),
    ("holder", "企业名称"),
    ("form", "扶持方式"),
    ("amount", "扶持金额"),
    ("supported_on", "扶持日期"),
    ("basis", "依据文号"),
    ("result", "评估结论"),
    ("evaluated_on", "评估日期"),
    ("remarks", "评估说明"),
];
/// The columns of a register.
pub(crate) fn columns(register: &str) -> Columns {
    match register {
        "regions" => REGIONS,
        "enterprises" => ENTERPRISES,
        "enterprise-changes" => CHANGES,
        "statuses" => STATUSES,
        "patents" => PATENTS,
        "patent-events" => EVENTS,
        "foreign-grants" => FOREIGN,
        "prizes" => PRIZES,
        "pledges" => PLEDGES,
        "trademarks" => TRADEMARKS,
        "madrid" => MADRID,
        "statistics" => STATISTICS,
        "strategic-industries" => SEI,
        "official-high-value" => OFFICIAL,
        "trainees" => TRAINEES,
        "survey-waves" => SURVEYS,
        "official-fees" => FEES,
        "credit-records" => CREDIT,
        "subsidies" => SUBSIDIES,
        "holidays" => HOLIDAYS,
        "licences" => LICENCES,
        "insurances" => INSURANCES,
        "ip-spending" => SPENDING,
        "special-funds" => FUNDS,
        "fund-projects" => PROJECTS,
        "policy-items" => ITEMS,
        "leading-industries" => LEADING,
        "project-library" => LIBRARY,
        "startup-pilots" => PILOTS,
        "use-support" => USES,
        "trajectories" => TRAJECTORIES,
        "province-figures" => PROVINCE,
        _ => DELIVERIES,
    }
}
