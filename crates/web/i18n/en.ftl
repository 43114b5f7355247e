# The words of the shell in English. Every key stands in zh.ftl too; a test compares them.
product = Zhiqiang
product-line = running intellectual-property policy
skip = Skip to content
demo-word = Demo data
demo-strip = Everything on this page is synthetic and stands for no real enterprise, patent or person. Business date: { $date }.
foot = Business date { $date } · page made at { $now }

search-label = Search everything
search-hint = Enterprise, patent, clause or case; pinyin initials work
search-do = Search

nav-label = Main
nav-menu = Menu
nav-cockpit = Cockpit
nav-indicators = Indicators
nav-awards = Awards
nav-enterprises = Enterprises
nav-patents = Patents
nav-corpus = Documents
nav-warnings = Warnings
nav-navigation = Navigation
nav-cases = Cases
nav-registers = Registers
nav-settings = Settings
crumbs-label = Where you are

role-clerk = IP office clerk
role-leader = Leading group
role-finance = Finance bureau
role-auditor = Audit
role-town = Town office
role-enterprise = Enterprise
role-administrator = Administrator

sign-in-title = Sign in
sign-in-login = Login
sign-in-password = Password
sign-in-do = Sign in
sign-in-help = For an account or a forgotten password, ask the administrator of your unit.
sign-in-demo = Demo accounts
sign-in-demo-role = Role
sign-in-login-missing = Enter the login.
sign-in-password-missing = Enter the password.
sign-in-wrong = Login or password is wrong. Check both and try again; if you forgot the password, ask the administrator.
sign-in-wait = Too many failed sign-ins. Try again in { $minutes } minutes; if you forgot the password, ask the administrator.
print-do = Print
sign-out = Sign out

home-title = Home
home-none = This account has no page to open yet. Ask the administrator to check its role.

error-prefix = Error:{" "}
errors-title = Please correct the following
optional = {" "}(optional)

problem-not-found = Not found
problem-not-found-text = There is no page at this address; it may have moved or been mistyped. Check the address, or start from the home page.
problem-method-text = This address cannot be opened this way. Start from the home page.
problem-invalid = This cannot be processed
problem-invalid-text = What was sent is incomplete or malformed. Go back, check it, and send it again.
problem-conflict = Not possible at present
problem-forbidden = Not permitted
problem-stale = This page has expired
problem-stale-text = The sign-in ended, or the page was open for too long, and nothing was changed. Go back, reload the page, and send it again.
problem-too-large = Too large
problem-too-large-text = What was sent is larger than allowed and was not saved. Split it and send the parts one by one.
problem-full = Disk full
problem-full-text = The server's disk is full. Nothing was saved, and what was there is untouched. Ask the administrator to make room, then send it again.
problem-internal = Not possible just now
problem-internal-text = Something failed inside the system, and nothing was saved. Try again later; if it fails again, tell the administrator the number below.
problem-request = Number: { $id }
problem-home = Back to the home page

list-total = { $count } in all
list-range = showing { $first }–{ $last }
list-filter-of = Filter: { $caption }
list-filter-do = Filter
list-search-hint = Name or pinyin initials
list-all = All
list-searched = search “{ $q }”
list-filtered = { $label }: { $value }
list-and = {"; "}
list-clear = Clear filters
list-export = Export to Excel
list-empty = There is nothing here yet.
list-empty-todo = Results appear here once registers are imported and the rules have run.
list-none-found = Nothing matches.
list-none-found-todo = Loosen the filters, or clear them and search again.
list-in-yuan = { $heading } (yuan)
pager-label = Pages: { $caption }
pager-page = Page
pager-previous = Previous
pager-next = Next
pager-size = Per page

figure-none = Not computable
clause-of = Basis: { $place }
clause-open = Read the document
verdict-met = Met
verdict-missed = Missed
verdict-unknown = Not yet known
condition-actual = Actual
condition-required = Required
condition-distance = Distance
condition-unknown = unknown
condition-evidence = What was counted ({ $count })
progress-cancel = Stop processing
progress-reload = Reload progress
timeline-source = Source:
chart-table = Show the table
chart-label = Chart: { $title }. The numbers are in the table below.
chart-missing = no data
chart-unit = {" "}({ $unit })

gallery-title = Components
gallery-line = Every component in every state, to compare against; the examples are invented.
gallery-contents = Contents
