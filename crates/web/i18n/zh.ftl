# The words of the shell in Chinese. Every key stands in en.ftl too; a test compares them.
product = 知强
product-line = 知识产权政策运行平台
skip = 跳到正文
demo-word = 演示数据
demo-strip = 本页数据全部为合成，不对应任何真实的企业、专利或个人。业务日期：{ $date }。
foot = 业务日期 { $date } · 页面生成于 { $now }

search-label = 全站检索
search-hint = 企业、专利、条款、办件，可用拼音首字母
search-do = 检索

nav-label = 主导航
nav-menu = 菜单
nav-cockpit = 驾驶舱
nav-indicators = 指标
nav-awards = 奖励
nav-enterprises = 企业
nav-patents = 专利
nav-corpus = 文献
nav-warnings = 预警
nav-navigation = 导航
nav-cases = 办理
nav-registers = 资料
nav-settings = 设置
crumbs-label = 所在位置

role-clerk = 业务科室
role-leader = 领导小组
role-finance = 财政局
role-auditor = 审计
role-town = 区镇街道
role-enterprise = 企业
role-administrator = 系统管理员

sign-in-title = 登录
sign-in-login = 登录名
sign-in-password = 密码
sign-in-do = 登录
sign-in-help = 没有账号或忘记密码，请联系本单位的系统管理员。
sign-in-demo = 演示账号
sign-in-demo-role = 角色
sign-in-login-missing = 请输入登录名。
sign-in-password-missing = 请输入密码。
sign-in-wrong = 登录名或密码不正确。请核对后重试；忘记密码请联系系统管理员。
sign-in-wait = 连续登录失败次数过多，请在 { $minutes } 分钟后重试；忘记密码请联系系统管理员。
print-do = 打印
sign-out = 退出

home-title = 首页
home-none = 当前账号还没有可以打开的页面。请联系系统管理员核对角色。

error-prefix = 错误：
errors-title = 请先更正下列问题
optional = （选填）

problem-not-found = 没有找到
problem-not-found-text = 这个地址没有对应的页面，可能已经移走或输入有误。请核对地址，或从首页重新进入。
problem-method-text = 这个地址不能这样打开。请从首页重新进入。
problem-invalid = 内容无法处理
problem-invalid-text = 提交的内容不完整或格式不正确。请返回上一页检查后重新提交。
problem-conflict = 现在不能这样办理
problem-forbidden = 没有权限
problem-stale = 页面已失效
problem-stale-text = 登录已超时，或这一页打开得太久，刚才的提交没有生效。请返回上一页刷新后重新提交。
problem-too-large = 文件或内容过大
problem-too-large-text = 提交的内容超过了允许的大小，没有保存。请拆分后分次提交。
problem-full = 磁盘已满
problem-full-text = 服务器的磁盘已满，刚才的操作没有保存，已有的数据不受影响。请联系系统管理员清理磁盘，然后重新提交。
problem-internal = 暂时无法完成
problem-internal-text = 系统内部出现问题，刚才的操作没有保存。请稍后重试；仍不行，请把下面的编号告诉系统管理员。
problem-request = 编号：{ $id }
problem-home = 返回首页

list-total = 共 { $count } 条
list-range = 第 { $first }–{ $last } 条
list-filter-of = 筛选：{ $caption }
list-filter-do = 筛选
list-search-hint = 名称或拼音首字母
list-all = 全部
list-searched = 检索“{ $q }”
list-filtered = { $label }：{ $value }
list-and = ；
list-clear = 清除筛选
list-export = 导出 Excel
list-empty = 还没有数据。
list-empty-todo = 资料导入并测算后，这里会列出结果。
list-none-found = 没有符合条件的记录。
list-none-found-todo = 请放宽筛选条件，或清除筛选后重新查找。
list-in-yuan = { $heading }（元）
pager-label = 分页：{ $caption }
pager-page = 第
pager-previous = 上一页
pager-next = 下一页
pager-size = 每页

figure-none = 无法计算
clause-of = 依据：{ $place }
clause-open = 查看全文
verdict-met = 已满足
verdict-missed = 未满足
verdict-unknown = 尚不能确定
condition-actual = 实际
condition-required = 要求
condition-distance = 差距
condition-unknown = 未知
condition-evidence = 计入的 { $count } 项
progress-cancel = 停止处理
progress-reload = 刷新进度
timeline-source = 来源：
chart-table = 查看数据表
chart-label = 图表：{ $title }。数据见下方表格。
chart-missing = 无数据
chart-unit = （{ $unit }）

gallery-title = 组件陈列
gallery-line = 每个组件的各种状态，供开发与验收时对照；示例内容均为虚构。
gallery-contents = 目录
