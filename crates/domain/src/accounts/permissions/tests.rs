//! The policies themselves: that they are sound, that what is wrong is refused, and that what forbids outweighs.
//!
//! What they are to say stands apart from them in `crates/web/tests/web/permissions.txt`.

use super::*;

fn account(role: Role, unit: &str) -> Account {
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

fn with(policy: &str) -> Result<Policies, String> {
    let files: Vec<(&str, &str)> = FILES.into_iter().chain([("added", policy)]).collect();
    let policies = Policies::read(SCHEMA, ROLES, &files)?;
    policies.validate()?;
    Ok(policies)
}

#[test]
fn the_policies_of_the_program_are_valid() {
    check().unwrap();
    let (_, warnings) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    let warnings: Vec<String> = warnings.map(|warning| warning.to_string()).collect();
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn the_schema_knows_every_permission_and_every_role_and_no_other() {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    let known: BTreeSet<String> = schema.actions().map(|action| action.id().unescaped().to_owned()).collect();
    let groups = ["Read", "Change", "Public", "Internal", "Sensitive"].map(str::to_owned);
    assert_eq!(known, Permission::ALL.map(|one| format!("{one:?}")).into_iter().chain(groups).collect());
    for permission in Permission::ALL {
        assert!(POLICIES.as_ref().unwrap().kind(permission).is_ok(), "{permission:?}");
    }
    let groups = &POLICIES.as_ref().unwrap().groups;
    let roles = groups.iter().map(Entity::uid).filter(|uid| uid.type_name().to_string() == "Role");
    let known: BTreeSet<String> = roles.map(|uid| uid.id().unescaped().to_owned()).collect();
    let named = ["city", "office", "joint-review", "administrators"];
    assert_eq!(known, Role::ALL.map(Role::key).into_iter().chain(named).map(str::to_owned).collect());
}

#[test]
fn every_policy_decides_something() {
    let policies = POLICIES.as_ref().unwrap();
    let pairs = Role::ALL.into_iter().flat_map(|role| Permission::ALL.map(|permission| (role, permission)));
    let deciding: BTreeSet<String> = pairs.flat_map(|(role, permission)| policies.reach(role, permission).1).collect();
    for rule in rules().iter().filter(|rule| !rule.forbids) {
        assert!(deciding.contains(&rule.id), "{} decides nothing", rule.id);
    }
}

#[test]
fn a_policy_that_is_wrong_is_refused_and_named() {
    let head = "@id(\"x\") @source(\"s\") permit (principal, action";
    for (policy, word) in [
        (format!("{head} == Action::\"ViewCases\", resource) when {{ principal in resource.owner }};"), "owner"),
        (format!("{head} == Action::\"ViewCase\", resource);"), "ViewCase"),
        (format!("{head} == Action::\"ViewRights\", resource) when {{ principal in resource.town }};"), "town"),
        (format!("{head} == Action::\"ViewPolicy\", resource) when {{ principal in Roll::\"clerk\" }};"), "Roll"),
        ("permit (principal, action == Action::\"ViewPolicy\", resource);".to_owned(), "@source"),
        (
            "@id(\"policy-is-public\") @source(\"s\") permit (principal, action, resource);".to_owned(),
            "policy-is-public",
        ),
        ("permit everything".to_owned(), "everything"),
    ] {
        let cause = with(&policy).err().unwrap_or_else(|| panic!("{policy} was taken"));
        assert!(cause.contains(word), "{policy}: {cause}");
    }
}

#[test]
fn administrators_exclude_each_other_whatever_is_permitted() {
    use Permission as P;
    let careless = with("@id(\"careless\") @source(\"-\") permit (principal, action, resource);").unwrap();
    let powers = |role: Role| -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|one| careless.reach(role, *one).0 > Reach::Nothing).collect()
    };
    assert_eq!(powers(Role::Administrator), [P::ViewPolicy, P::ManageAccounts, P::Invite]);
    assert_eq!(powers(Role::SecurityAdministrator), [P::ViewPolicy, P::ViewPermissions]);
    let auditor = powers(Role::Auditor);
    assert!(auditor.contains(&P::ViewAudit));
    let changing = [P::ChangeRegistry, P::Evaluate, P::KeepBaskets, P::ChangeDemands, P::HandleCases, P::GiveOpinion];
    let more = [P::ReopenMonths, P::DecideCases, P::OwnCases, P::ManageMoney, P::ManageAccounts, P::ViewPermissions];
    assert!(changing.iter().chain(&more).all(|one| !auditor.contains(one)), "changes nothing: {auditor:?}");
    for role in [Role::Clerk, Role::Leader, Role::Finance, Role::Town, Role::Enterprise, Role::Department] {
        let held = powers(role);
        assert!(held.contains(&P::HandleCases), "the careless policy does work: {role:?}");
        for power in [P::ManageAccounts, P::ViewPermissions, P::ViewAudit] {
            assert!(!held.contains(&power), "{role:?} {power:?}");
        }
        let sees = [P::SeePersons, P::SeeAccounts, P::SeeObjectors].iter().any(|one| held.contains(one));
        assert_eq!(sees, !matches!(role, Role::Town | Role::Department), "what is sensitive: {role:?}");
    }
    let draft = Resource::Case { enterprise: "other", asked: &[], agents: &[], is_draft: true };
    assert!(!careless.answer(&account(Role::Clerk, ""), P::ViewCases, &draft).0, "a draft is its enterprise's own");
}

#[test]
fn who_belongs_nowhere_owns_nothing() {
    let nobody_s = Resource::Case { enterprise: "", asked: &[], agents: &[], is_draft: false };
    for unit in ["", "91320682MA10000390"] {
        let firm = account(Role::Enterprise, unit);
        assert!(!allows(&firm, Permission::OwnCases, &nobody_s) && !allows(&firm, Permission::ViewCases, &nobody_s));
    }
    let asked = [String::new()];
    let unnamed = Resource::Case { enterprise: "91320682MA10000390", asked: &asked, agents: &[], is_draft: false };
    assert!(!allows(&account(Role::Department, ""), Permission::ViewCases, &unnamed));
    let nobody_s = [
        (
            Role::Agency,
            Permission::PrepareCases,
            Resource::Case { enterprise: "x", asked: &[], agents: &asked, is_draft: true },
        ),
        (Role::Agency, Permission::ViewAppointments, Resource::Appointment { enterprise: "", agency: "" }),
        (Role::Enterprise, Permission::Appoint, Resource::Appointment { enterprise: "", agency: "" }),
        (Role::University, Permission::ChangeOffers, Resource::Offer { university: "", is_published: true }),
    ];
    for (role, permission, resource) in nobody_s {
        assert!(!allows(&account(role, ""), permission, &resource), "{role:?} {permission:?}");
    }
}

#[test]
fn who_acts_for_an_enterprise_neither_judges_it_nor_sees_where_its_money_goes() {
    use Permission as P;
    let careless = with("@id(\"careless\") @source(\"-\") permit (principal, action, resource);").unwrap();
    let agents = ["甲所".to_owned()];
    let case = |is_draft| Resource::Case { enterprise: "firm", asked: &[], agents: &agents, is_draft };
    let (agent, other) = (account(Role::Agency, "甲所"), account(Role::Agency, "乙所"));
    for is_draft in [true, false] {
        assert!(allows(&agent, P::PrepareCases, &case(is_draft)) && !allows(&other, P::PrepareCases, &case(is_draft)));
        for judging in [P::HandleCases, P::GiveOpinion, P::DecideCases, P::OwnCases, P::SeeAccounts, P::SeeObjectors] {
            assert!(!careless.answer(&agent, judging, &case(is_draft)).0, "{judging:?}");
        }
        assert!(!careless.answer(&other, P::SeeAccounts, &case(is_draft)).0, "what is sensitive stays with the city");
    }
    assert!(careless.answer(&other, P::HandleCases, &case(false)).0, "the careless policy does work");
    assert!(!careless.answer(&other, P::PrepareCases, &case(true)).0, "another's draft");
}

#[test]
fn what_a_university_has_not_published_is_its_own() {
    let draft = Resource::Offer { university: "甲大学", is_published: false };
    let careless = with("@id(\"careless\") @source(\"-\") permit (principal, action, resource);").unwrap();
    for (role, unit) in [(Role::University, "乙大学"), (Role::Enterprise, "x"), (Role::Clerk, ""), (Role::Auditor, "")]
    {
        assert!(!careless.answer(&account(role, unit), Permission::ViewOffers, &draft).0, "{role:?}");
    }
    assert!(allows(&account(Role::University, "甲大学"), Permission::ViewOffers, &draft));
}

#[test]
fn what_cannot_be_decided_is_refused() {
    // A case without its attributes: a policy that reads them fails, and nobody is let through for it.
    for role in Role::ALL {
        assert!(!allows(&account(role, "x"), Permission::ViewCases, &Resource::City), "{role:?}");
    }
}

#[test]
fn an_answer_names_the_policies_that_decided_it() {
    let policies = POLICIES.as_ref().unwrap();
    for (role, permission, reach, why) in [
        (Role::Clerk, Permission::HandleCases, Reach::All, "clerk-handles"),
        (Role::Enterprise, Permission::OwnCases, Reach::Own, "enterprise-sees-itself"),
        (Role::Administrator, Permission::ViewFigures, Reach::Nothing, "only-the-administrator-keeps-accounts"),
    ] {
        assert_eq!(policies.reach(role, permission), (reach, BTreeSet::from([why.to_owned()])));
    }
}
