//! Every role, every permission, whose it is and every door, held against a table that was written apart from the policies
//! (`permissions.txt`): what is not in the table fails, and so does what the table knows and nobody else.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::accounts::{Account, Permission, Reach, Resource, Role, allows};
use web::routes::{self, Access};

use crate::{client::Server, doors::filled};

const TABLE: &str = include_str!("permissions.txt");
const FIRM: &str = "91320682MA10000390";
const ASKED: &str = "科学技术局";
const BANK: &str = "甲银行";
const UNIVERSITY: &str = "甲大学";
const AGENCY: &str = "甲代理";

/// The lines of one part of the table, each as its words.
fn lines(part: usize) -> Vec<Vec<&'static str>> {
    let part = TABLE.split("\n\n").nth(part + 1).unwrap();
    part.lines().map(|line| line.split_whitespace().collect()).collect()
}

/// What the table says of each role and permission.
fn cells() -> BTreeMap<(Role, String), &'static str> {
    let lines = lines(0);
    let roles: Vec<Role> = lines[0][1..].iter().map(|key| Role::of_key(key).expect(key)).collect();
    assert_eq!(roles, Role::ALL);
    let cells = lines[1..].iter().flat_map(|line| {
        assert_eq!(line.len(), roles.len() + 1, "{line:?}");
        roles.iter().zip(&line[1..]).map(|(role, cell)| ((*role, line[0].to_owned()), *cell))
    });
    cells.collect()
}

fn account(role: Role) -> Account {
    let unit = match role {
        Role::Enterprise => FIRM,
        Role::Town => "甲镇",
        Role::Department => ASKED,
        Role::Bank => BANK,
        Role::Province => "省局",
        Role::University => UNIVERSITY,
        Role::Agency => AGENCY,
        _ => "",
    };
    Account {
        id: 1,
        login: "one".into(),
        name: "某人".into(),
        role,
        unit: unit.into(),
        must_change: false,
        has_second_factor: false,
        awaits_code: false,
    }
}

/// A thing that may be asked for, and of whom the table's words speak.
struct Thing<'a> {
    name: &'static str,
    resource: Resource<'a>,
    is_firm_s: bool,
    is_town_s: bool,
    is_bank_s: bool,
    is_university_s: bool,
    /// Appointed, or acted in.
    is_agency_s: bool,
    is_published: bool,
    is_department_s: bool,
    asked: Option<&'static str>,
    is_draft: bool,
}

impl Thing<'_> {
    fn is_for(&self, role: Role, cell: &str) -> bool {
        let department = match role {
            Role::Finance => "财政局",
            Role::Town => "甲镇",
            _ => ASKED,
        };
        let is_own = match cell {
            "all" => true,
            "firm" => self.is_firm_s,
            "town" => self.is_town_s,
            "bank" => self.is_bank_s,
            "university" => self.is_university_s,
            "agency" => self.is_agency_s,
            "published" => self.is_published,
            "dept" => self.is_department_s,
            "asked" => self.asked == Some(department),
            "-" => false,
            other => panic!("what is {other}?"),
        };
        let is_author = match role {
            Role::Enterprise => self.is_firm_s,
            Role::University => self.is_university_s,
            Role::Agency => self.is_agency_s,
            _ => false,
        };
        is_own && (!self.is_draft || is_author)
    }
}

fn things<'a>([science, money, town, agents]: [&'a [String]; 4]) -> Vec<Thing<'a>> {
    const OTHER: &str = "91320621MA1MNNA37Q";
    let thing = |name, resource| Thing {
        name,
        resource,
        is_firm_s: false,
        is_town_s: false,
        is_bank_s: false,
        is_university_s: false,
        is_agency_s: false,
        is_published: false,
        is_department_s: false,
        asked: None,
        is_draft: false,
    };
    let case = |enterprise, asked, is_draft| Resource::Case { enterprise, asked, agents: &[], is_draft };
    let acted = |enterprise, is_draft| Resource::Case { enterprise, asked: &[], agents, is_draft };
    let demand = |enterprise, is_published| Resource::Demand { enterprise, is_published };
    let offer = |university, is_published| Resource::Offer { university, is_published };
    let appointment = |enterprise, agency| Resource::Appointment { enterprise, agency };
    let firm = |code, town| Resource::Enterprise { code, town: Some(town) };
    let own = |thing| Thing { is_firm_s: true, ..thing };
    vec![
        Thing { is_town_s: true, ..own(thing("own enterprise", firm(FIRM, "甲镇"))) },
        Thing { is_town_s: true, ..thing("enterprise of the own town", firm(OTHER, "甲镇")) },
        thing("enterprise of another town", firm(OTHER, "乙镇")),
        thing("enterprise of no known town", Resource::Enterprise { code: OTHER, town: None }),
        Thing { is_bank_s: true, ..thing("loan of the own bank", Resource::Pledge { bank: BANK }) },
        thing("another bank's loan", Resource::Pledge { bank: "乙银行" }),
        // What names no bank is no bank's, not even that of an account without a unit.
        thing("a loan of nobody", Resource::Pledge { bank: "" }),
        Thing {
            is_town_s: true,
            ..thing("spending of the own town", Resource::Spending { town: "甲镇", department: "" })
        },
        thing("another town's spending", Resource::Spending { town: "乙镇", department: "" }),
        Thing {
            is_department_s: true,
            ..thing("spending of the own department", Resource::Spending { town: "", department: ASKED })
        },
        thing("another department's spending", Resource::Spending { town: "", department: "乙局" }),
        thing("spending of nobody", Resource::Spending { town: "", department: "" }),
        own(thing("own demand", demand(FIRM, false))),
        thing("another's demand", demand(OTHER, false)),
        Thing { is_published: true, ..own(thing("own demand, published", demand(FIRM, true))) },
        Thing { is_published: true, ..thing("another's demand, published", demand(OTHER, true)) },
        Thing { is_university_s: true, is_published: true, ..thing("own offer", offer(UNIVERSITY, true)) },
        Thing { is_university_s: true, is_draft: true, ..thing("own offer, unpublished", offer(UNIVERSITY, false)) },
        Thing { is_published: true, ..thing("another's offer", offer("乙大学", true)) },
        Thing { is_draft: true, ..thing("another's offer, unpublished", offer("乙大学", false)) },
        Thing { is_draft: true, ..thing("an unpublished offer of nobody", offer("", false)) },
        Thing { is_agency_s: true, ..own(thing("own appointment", appointment(FIRM, AGENCY))) },
        own(thing("own appointment of another agency", appointment(FIRM, "乙代理"))),
        Thing { is_agency_s: true, ..thing("another's appointment of the agency", appointment(OTHER, AGENCY)) },
        thing("another's appointment of another agency", appointment(OTHER, "乙代理")),
        thing("an appointment of nobody", appointment("", "")),
        Thing { is_agency_s: true, ..own(thing("own case with an agency", acted(FIRM, false))) },
        Thing { is_agency_s: true, is_draft: true, ..own(thing("own draft with an agency", acted(FIRM, true))) },
        Thing { is_agency_s: true, ..thing("another's case with the agency", acted(OTHER, false)) },
        Thing { is_agency_s: true, is_draft: true, ..thing("another's draft with the agency", acted(OTHER, true)) },
        own(thing("own case", case(FIRM, &[], false))),
        Thing { is_draft: true, ..own(thing("own draft", case(FIRM, &[], true))) },
        thing("another's case", case(OTHER, &[], false)),
        Thing { is_draft: true, ..thing("another's draft", case(OTHER, &[], true)) },
        Thing {
            asked: Some(ASKED),
            ..thing("a case that the department was asked about", case(OTHER, science, false))
        },
        Thing {
            asked: Some("财政局"), ..thing("a case that the treasury was asked about", case(OTHER, money, false))
        },
        Thing { asked: Some("甲镇"), ..thing("a case that the town was asked about", case(OTHER, town, false)) },
    ]
}

/// Which of the things a permission is about; none means the city's as a whole.
fn is_about(permission: Permission, resource: &Resource<'_>) -> bool {
    use Permission as P;
    match resource {
        Resource::City => true,
        Resource::Enterprise { .. } => {
            matches!(permission, P::ViewRights | P::ViewOwnEnterprise | P::ViewMarket)
        }
        Resource::Spending { .. } => permission == P::ViewSpending,
        Resource::Pledge { .. } => permission == P::ViewPledges,
        Resource::Demand { .. } => matches!(permission, P::ViewDemands | P::ChangeDemands | P::AnswerDemands),
        Resource::Offer { .. } => matches!(permission, P::ViewOffers | P::ChangeOffers),
        Resource::Appointment { .. } => {
            matches!(permission, P::ViewAppointments | P::Appoint | P::AnswerAppointments)
        }
        Resource::Case { .. } => {
            let handles = matches!(permission, P::HandleCases | P::GiveOpinion | P::DecideCases | P::OwnCases);
            handles || matches!(permission, P::ViewCases | P::PrepareCases | P::SeeAccounts | P::SeeObjectors)
        }
    }
}

#[test]
fn every_role_may_do_with_every_thing_what_the_table_says() {
    let cells = cells();
    let named: BTreeSet<String> = cells.keys().map(|(_, permission)| permission.clone()).collect();
    assert_eq!(named, Permission::ALL.map(|one| format!("{one:?}")).into());
    let named = [ASKED, "财政局", "甲镇", AGENCY].map(|name| [name.to_owned()]);
    let (things, mut asked) = (things(named.each_ref().map(|name| &name[..])), 0);
    for role in Role::ALL {
        let account = account(role);
        for permission in Permission::ALL {
            let cell = cells[&(role, format!("{permission:?}"))];
            let reach = match cell {
                "all" | "published" => Reach::All,
                "-" => Reach::Nothing,
                _ => Reach::Own,
            };
            assert_eq!(role.reach(permission), reach, "{role:?} {permission:?}");
            let mut about: Vec<&Thing<'_>> = things.iter().filter(|one| is_about(permission, &one.resource)).collect();
            let city = Thing {
                name: "the city's",
                resource: Resource::City,
                is_firm_s: false,
                is_town_s: false,
                is_bank_s: false,
                is_university_s: false,
                is_agency_s: false,
                is_published: false,
                is_department_s: false,
                asked: None,
                is_draft: false,
            };
            if about.is_empty() {
                about.push(&city);
            }
            for thing in about {
                let expected = thing.is_for(role, cell);
                assert_eq!(
                    allows(&account, permission, &thing.resource),
                    expected,
                    "{role:?} {permission:?} {}",
                    thing.name
                );
                asked += 1;
            }
        }
    }
    assert!(asked > Role::ALL.len() * Permission::ALL.len() * 2);
}

#[test]
fn every_door_stands_in_the_table_with_what_it_needs() {
    let written: BTreeSet<(String, String)> =
        lines(1).iter().map(|line| (line[1].to_owned(), line[0].to_owned())).collect();
    let doors = routes::doors();
    let there = doors.iter().map(|door| {
        let needs = match door.access {
            Access::Needs(permission) => format!("{permission:?}"),
            other => format!("{other:?}"),
        };
        (door.path.to_owned(), needs)
    });
    assert_eq!(there.collect::<BTreeSet<_>>(), written);
}

#[tokio::test]
async fn every_door_opens_to_the_roles_of_the_table_and_to_no_other() {
    let (server, cells) = (Server::start().await, cells());
    for role in Role::ALL {
        let mut visitor = server.signed_in(role).await;
        for line in lines(1) {
            let may = cells.get(&(role, line[0].to_owned())).is_none_or(|cell| *cell != "-");
            let answer = visitor.get(&filled(line[1])).await;
            assert_eq!(answer.status != StatusCode::FORBIDDEN, may, "{role:?} {} {}", line[1], answer.status);
        }
    }
}

#[tokio::test]
async fn the_security_administrator_reads_who_may_what_and_by_which_policy() {
    let server = Server::start().await;
    let mut security = server.signed_in(Role::SecurityAdministrator).await;
    let page = security.get("/permissions?size=50").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["查看审计记录", "本单位", "only-the-administrator-keeps-accounts", "GB/T 22239-2019", "安全管理员"]
    {
        assert!(page.text.contains(words), "{words}");
    }
    assert_eq!(security.get("/permissions?export=xlsx").await.status, StatusCode::OK);
    for path in ["/accounts", "/registers/audit", "/cockpit", "/cases", "/enterprises"] {
        assert_eq!(security.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
