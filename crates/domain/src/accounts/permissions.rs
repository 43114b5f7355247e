//! Who may do what with what: the Cedar policies of `crates/domain/permissions`, asked in one function.
//!
//! Where one thing is meant, [`allows`] is asked about that thing. Pages ask at their door how far a role's permission reaches
//! ([`Role::reach`]): the same policies, asked once for each role and permission about what is another's and what is one's own.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    str::FromStr,
    sync::{LazyLock, OnceLock},
};

use cedar_policy::{
    Authorizer, Context, Decision, Effect, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};

use super::{Account, Permission, Role};

#[cfg(test)]
mod tests;

const SCHEMA: &str = include_str!("../../permissions/permissions.cedarschema");
const ROLES: &str = include_str!("../../permissions/roles.json");

macro_rules! policies {
    ($($file:literal)+) => { [$(($file, include_str!(concat!("../../permissions/", $file, ".cedar")))),+] };
}

/// The files of policies, in the order in which they are shown.
const FILES: [(&str, &str); 11] = policies!(
    "everyone" "office" "departments" "towns" "enterprises" "banks" "province" "universities" "agencies" "personal-data"
    "administrators"
);

/// What an account belongs to (单位), and what a thing belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organisation<'a> {
    /// The city.
    City,
    /// A town, by its name.
    Town(&'a str),
    /// A department, by its name.
    Department(&'a str),
    /// An enterprise, by its unified social credit code.
    Enterprise(&'a str),
    /// A bank, by its name.
    Bank(&'a str),
    /// A provincial body, by its name.
    Province(&'a str),
    /// A university or institute, by its name.
    University(&'a str),
    /// An agency, by its name.
    Agency(&'a str),
}

/// Whose the thing is that somebody asks for. What kind of thing it is follows from the permission.
#[derive(Debug, Clone, Copy)]
pub enum Resource<'a> {
    /// The city's as a whole: figures, registers, budget, trail.
    City,
    /// An enterprise, with the town it lies in where that is known.
    Enterprise {
        /// Its code.
        code: &'a str,
        /// Its town.
        town: Option<&'a str>,
    },
    /// What a unit spends on intellectual property: a town or a department, the other empty.
    Spending {
        /// The town.
        town: &'a str,
        /// The department.
        department: &'a str,
    },
    /// A demand for technology, with what is talked about it.
    Demand {
        /// The code of the enterprise whose it is.
        enterprise: &'a str,
        /// Whether the enterprise published it to universities and institutes.
        is_published: bool,
    },
    /// What a university or institute offers, or what is said between it and an enterprise.
    Offer {
        /// The name of the university or institute.
        university: &'a str,
        /// Whether it is published.
        is_published: bool,
    },
    /// The appointment of an agency.
    Appointment {
        /// The code of the enterprise that appoints.
        enterprise: &'a str,
        /// The name of the agency.
        agency: &'a str,
    },
    /// A pledge loan.
    Pledge {
        /// The name of the bank that gave it, in the form in which names are compared.
        bank: &'a str,
    },
    /// An award case.
    Case {
        /// The code of the enterprise whose it is.
        enterprise: &'a str,
        /// The departments, and the town, whose opinion was asked for.
        asked: &'a [String],
        /// The agencies that act for the enterprise in it on the day.
        agents: &'a [String],
        /// Whether it has not been handed in yet.
        is_draft: bool,
    },
}

/// How far a permission of a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Nowhere.
    Nothing,
    /// To what is one's own: one's enterprise, one's town, what one's department was asked.
    Own,
    /// To everybody's.
    All,
}

/// A policy, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// What it rests on.
    pub source: String,
    /// Whether it forbids rather than permits.
    pub forbids: bool,
    /// Its text, without its name and source.
    pub text: String,
}

/// Whether this account may do that with this. Pages, commands and other programs' questions all end here.
pub fn allows(account: &Account, permission: Permission, resource: &Resource<'_>) -> bool {
    POLICIES.as_ref().is_ok_and(|policies| policies.answer(account, permission, resource).0)
}

/// Every policy, in the order of the files.
pub fn rules() -> &'static [Rule] {
    POLICIES.as_ref().map_or(&[], |policies| &policies.rules)
}

/// What is wrong with the policies, if anything is: asked at each start of the pages. Policies that cannot be read allow nothing.
pub fn check() -> Result<(), String> {
    POLICIES.as_ref().map_err(Clone::clone)?.validate()
}

impl Role {
    /// Whether this role may do that, be it with its own things only.
    pub fn may(self, permission: Permission) -> bool {
        self.reach(permission) > Reach::Nothing
    }

    /// How far it may do that.
    pub fn reach(self, permission: Permission) -> Reach {
        const PERMISSIONS: usize = Permission::ALL.len();
        static ASKED: [OnceLock<Reach>; Role::ALL.len() * PERMISSIONS] =
            [const { OnceLock::new() }; Role::ALL.len() * PERMISSIONS];
        let ask = || POLICIES.as_ref().map_or(Reach::Nothing, |policies| policies.reach(self, permission).0);
        *ASKED[self as usize * PERMISSIONS + permission as usize].get_or_init(ask)
    }
}

impl Account {
    /// What this account belongs to.
    pub fn organisation(&self) -> Organisation<'_> {
        match self.role {
            Role::Enterprise => Organisation::Enterprise(&self.unit),
            Role::Town => Organisation::Town(&self.unit),
            Role::Department => Organisation::Department(&self.unit),
            Role::Bank => Organisation::Bank(&self.unit),
            Role::Province => Organisation::Province(&self.unit),
            Role::University => Organisation::University(&self.unit),
            Role::Agency => Organisation::Agency(&self.unit),
            Role::Finance => Organisation::Department(crate::cases::FINANCE),
            Role::Clerk | Role::Leader | Role::Auditor | Role::Administrator | Role::SecurityAdministrator => {
                Organisation::City
            }
        }
    }

    /// The organisation to whose things a permission of this account is confined; none where it reaches to everybody's.
    pub fn confined(&self, permission: Permission) -> Option<Organisation<'_>> {
        (self.role.reach(permission) < Reach::All).then(|| self.organisation())
    }
}

static POLICIES: LazyLock<Result<Policies, String>> = LazyLock::new(|| Policies::read(SCHEMA, ROLES, &FILES));

/// The policies as they are asked.
struct Policies {
    schema: Schema,
    set: PolicySet,
    /// Roles in their groups, and actions in theirs.
    groups: Entities,
    rules: Vec<Rule>,
}

impl Policies {
    fn read(schema: &str, roles: &str, files: &[(&str, &str)]) -> Result<Self, String> {
        let (schema, _) = Schema::from_cedarschema_str(schema).map_err(|cause| format!("schema: {cause:?}"))?;
        let (mut set, mut rules) = (PolicySet::new(), Vec::new());
        for (file, text) in files {
            let parsed = PolicySet::from_str(text).map_err(|cause| format!("{file}: {cause:?}"))?;
            for policy in in_order(&parsed) {
                let (rule, policy) = named(policy).map_err(|cause| format!("{file}: {cause}"))?;
                set.add(policy).map_err(|cause| format!("{file}, {}: {cause}", rule.id))?;
                rules.push(rule);
            }
        }
        let groups = Entities::from_json_str(roles, Some(&schema)).map_err(|cause| format!("roles.json: {cause:?}"))?;
        Ok(Self { schema, set, groups, rules })
    }

    /// Holds the policies strictly against the schema; what the engine only warns of is a fault as well.
    fn validate(&self) -> Result<(), String> {
        let found = Validator::new(self.schema.clone()).validate(&self.set, ValidationMode::Strict);
        let mut faults: Vec<String> = found.validation_errors().map(ToString::to_string).collect();
        faults.extend(found.validation_warnings().map(ToString::to_string));
        if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
    }

    /// Whether it is allowed, and the policies that decided it. What cannot be decided is not allowed.
    fn answer(&self, account: &Account, permission: Permission, resource: &Resource<'_>) -> (bool, BTreeSet<String>) {
        self.ask(account, permission, resource).unwrap_or_else(|cause| {
            tracing::error!(?permission, role = account.role.key(), cause, "a permission could not be decided");
            (false, BTreeSet::new())
        })
    }

    fn ask(
        &self,
        account: &Account,
        permission: Permission,
        resource: &Resource<'_>,
    ) -> Result<(bool, BTreeSet<String>), String> {
        let action = uid("Action", &format!("{permission:?}"))?;
        let (who, what) = (principal(account)?, thing(self.kind(permission)?, resource)?);
        let request = Request::new(who.uid(), action, what.uid(), Context::empty(), Some(&self.schema))
            .map_err(|cause| cause.to_string())?;
        let entities = self.groups.clone().add_entities([who, what], None).map_err(|cause| cause.to_string())?;
        let response = Authorizer::new().is_authorized(&request, &self.set, &entities);
        // A policy that fails is passed over by the engine; one that forbids would then forbid nothing.
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string());
        }
        let why = response.diagnostics().reason().map(ToString::to_string).collect();
        Ok((response.decision() == Decision::Allow, why))
    }

    /// What kind of thing a permission is about.
    fn kind(&self, permission: Permission) -> Result<&EntityTypeName, String> {
        let action = uid("Action", &format!("{permission:?}"))?;
        let kind = self.schema.resources_for_action(&action).and_then(|mut kinds| kinds.next());
        kind.ok_or_else(|| format!("the schema does not know {permission:?}"))
    }

    /// How far a permission reaches, and the policies that say so: asked about another's and about one's own.
    fn reach(&self, role: Role, permission: Permission) -> (Reach, BTreeSet<String>) {
        let account = Account {
            id: 0,
            login: "one".into(),
            name: String::new(),
            role,
            unit: "own".into(),
            must_change: false,
            has_second_factor: false,
            awaits_code: false,
        };
        let (asked, agents) = match account.organisation() {
            Organisation::Department(name) | Organisation::Town(name) => (vec![name.to_owned()], Vec::new()),
            Organisation::Agency(name) => (Vec::new(), vec![name.to_owned()]),
            _ => (Vec::new(), Vec::new()),
        };
        let kind = self.kind(permission).map(ToString::to_string).unwrap_or_default();
        let (others, own) = match kind.as_str() {
            "Enterprise" => (
                Resource::Enterprise { code: "other", town: Some("other") },
                Resource::Enterprise { code: "own", town: Some("own") },
            ),
            "Spending" => (
                Resource::Spending { town: "other", department: "other" },
                Resource::Spending { town: "own", department: "own" },
            ),
            "Pledge" => (Resource::Pledge { bank: "other" }, Resource::Pledge { bank: "own" }),
            "Demand" => (
                Resource::Demand { enterprise: "other", is_published: true },
                Resource::Demand { enterprise: "own", is_published: true },
            ),
            "Offer" => (
                Resource::Offer { university: "other", is_published: true },
                Resource::Offer { university: "own", is_published: true },
            ),
            "Appointment" => (
                Resource::Appointment { enterprise: "other", agency: "other" },
                Resource::Appointment { enterprise: "own", agency: "own" },
            ),
            "Case" => (
                Resource::Case { enterprise: "other", asked: &[], agents: &[], is_draft: false },
                Resource::Case { enterprise: "own", asked: &asked, agents: &agents, is_draft: false },
            ),
            _ => (Resource::City, Resource::City),
        };
        for (resource, reach) in [(others, Reach::All), (own, Reach::Own)] {
            if let (true, why) = self.answer(&account, permission, &resource) {
                return (reach, why);
            }
        }
        (Reach::Nothing, self.answer(&account, permission, &own).1)
    }
}

/// The policies of a file as they stand in it: the engine numbers them.
fn in_order(parsed: &PolicySet) -> Vec<&Policy> {
    let mut policies: Vec<&Policy> = parsed.policies().collect();
    policies.sort_by_key(|policy| policy.id().to_string().trim_start_matches("policy").parse::<u32>().ok());
    policies
}

/// A policy under the name that it gives itself.
fn named(policy: &Policy) -> Result<(Rule, Policy), String> {
    let word = |key: &str| policy.annotation(key).filter(|word| !word.is_empty()).map(str::to_owned);
    let (Some(id), Some(source)) = (word("id"), word("source")) else {
        return Err(format!("a policy lacks @id or @source: {policy}"));
    };
    let forbids = policy.effect() == Effect::Forbid;
    let text = policy.to_string();
    let body: Vec<&str> = text.lines().filter(|line| !line.starts_with('@')).collect();
    let rule = Rule { id: id.clone(), source, forbids, text: body.join("\n") };
    Ok((rule, policy.new_id(PolicyId::new(id))))
}

fn principal(account: &Account) -> Result<Entity, String> {
    let mut parents = HashSet::from([uid("Role", account.role.key())?]);
    parents.extend(account.organisation().uid()?);
    Ok(Entity::new_no_attrs(uid("Account", &account.login)?, parents))
}

fn thing(kind: &EntityTypeName, resource: &Resource<'_>) -> Result<Entity, String> {
    let mut attributes = HashMap::new();
    let mut tell = |name: &str, of: Organisation<'_>| -> Result<(), String> {
        attributes.extend(of.uid()?.map(|uid| (name.to_owned(), RestrictedExpression::new_entity_uid(uid))));
        Ok(())
    };
    match *resource {
        Resource::City => {}
        Resource::Enterprise { code, town } => {
            tell("enterprise", Organisation::Enterprise(code))?;
            tell("town", Organisation::Town(town.unwrap_or_default()))?;
        }
        Resource::Spending { town, department } => {
            tell("town", Organisation::Town(town))?;
            tell("department", Organisation::Department(department))?;
        }
        Resource::Pledge { bank } => tell("bank", Organisation::Bank(bank))?,
        Resource::Demand { enterprise, is_published } => {
            tell("enterprise", Organisation::Enterprise(enterprise))?;
            attributes.insert("isPublished".to_owned(), RestrictedExpression::new_bool(is_published));
        }
        Resource::Offer { university, is_published } => {
            tell("university", Organisation::University(university))?;
            attributes.insert("isPublished".to_owned(), RestrictedExpression::new_bool(is_published));
        }
        Resource::Appointment { enterprise, agency } => {
            tell("enterprise", Organisation::Enterprise(enterprise))?;
            tell("agency", Organisation::Agency(agency))?;
        }
        Resource::Case { enterprise, asked, agents, is_draft } => {
            tell("enterprise", Organisation::Enterprise(enterprise))?;
            let heard = asked.iter().flat_map(|name| [Organisation::Department(name), Organisation::Town(name)]);
            let asked = set_of(heard)?;
            let agents = set_of(agents.iter().map(|name| Organisation::Agency(name)))?;
            attributes.extend([("asked".to_owned(), asked), ("agents".to_owned(), agents)]);
            attributes.insert("isDraft".to_owned(), RestrictedExpression::new_bool(is_draft));
        }
    }
    let uid = EntityUid::from_type_name_and_id(kind.clone(), EntityId::new("one"));
    Entity::new(uid, attributes, HashSet::new()).map_err(|cause| cause.to_string())
}

/// Organisations as a set in the policies; those without a name are left out.
fn set_of<'a>(all: impl Iterator<Item = Organisation<'a>>) -> Result<RestrictedExpression, String> {
    let mut uids = Vec::new();
    for one in all {
        uids.extend(one.uid()?.map(RestrictedExpression::new_entity_uid));
    }
    Ok(RestrictedExpression::new_set(uids))
}

impl Organisation<'_> {
    /// Its name in the policies; none where nothing is named, so that two that name no unit do not share one.
    fn uid(self) -> Result<Option<EntityUid>, String> {
        let (kind, name) = match self {
            Self::City => ("city", "city"),
            Self::Town(name) => ("town", name),
            Self::Department(name) => ("department", name),
            Self::Enterprise(code) => ("enterprise", code),
            Self::Bank(name) => ("bank", name),
            Self::Province(name) => ("province", name),
            Self::University(name) => ("university", name),
            Self::Agency(name) => ("agency", name),
        };
        if name.is_empty() { Ok(None) } else { uid("Organisation", &format!("{kind}/{name}")).map(Some) }
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, String> {
    let kind = EntityTypeName::from_str(kind).map_err(|cause| cause.to_string())?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
