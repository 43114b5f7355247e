//! The migrations of both databases, in pairs, forward only, never edited once merged.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};

/// One step of the schema, written once for each database.
struct Pair {
    version: i64,
    description: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! pair {
    ($version:literal, $description:literal, $file:literal) => {
        Pair {
            version: $version,
            description: $description,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../migrations/postgres/", $file)),
        }
    };
}

const PAIRS: &[Pair] = &[
    pair!(20261123010000, "create registry", "20261123010000_create_registry.sql"),
    pair!(20261123020000, "create run figure", "20261123020000_create_run_figure.sql"),
    pair!(20261126010000, "key industry codes by edition", "20261126010000_key_industry_codes_by_edition.sql"),
    pair!(20261126020000, "create job", "20261126020000_create_job.sql"),
    pair!(20261126150000, "create basket", "20261126150000_create_basket.sql"),
    pair!(20261126180000, "create watch", "20261126180000_create_watch.sql"),
    pair!(20261126183000, "chain audit", "20261126183000_chain_audit.sql"),
    pair!(20261126190000, "extend account", "20261126190000_extend_account.sql"),
    pair!(20261126200000, "create second factor", "20261126200000_create_second_factor.sql"),
    pair!(20261126210000, "create demand", "20261126210000_create_demand.sql"),
    pair!(20261126220000, "create item", "20261126220000_create_item.sql"),
    pair!(20261126221000, "create award case", "20261126221000_create_award_case.sql"),
    pair!(20261126222000, "create payment", "20261126222000_create_payment.sql"),
    pair!(20261127100000, "create organisation", "20261127100000_create_organisation.sql"),
    pair!(20261127110000, "create claim", "20261127110000_create_claim.sql"),
    pair!(20261127111500, "create sign on", "20261127111500_create_sign_on.sql"),
    pair!(20261127113000, "create sign in tally", "20261127113000_create_sign_in_tally.sql"),
    pair!(20261127120000, "create message", "20261127120000_create_message.sql"),
    pair!(20261127130000, "seal secrets", "20261127130000_seal_secrets.sql"),
    pair!(20261127131000, "prove address", "20261127131000_prove_address.sql"),
    pair!(20261127132000, "name session issuer", "20261127132000_name_session_issuer.sql"),
    pair!(20261127140000, "create delegation", "20261127140000_create_delegation.sql"),
    pair!(20261127141000, "create proration", "20261127141000_create_proration.sql"),
    pair!(20261127150000, "create name entry", "20261127150000_create_name_entry.sql"),
    pair!(20261127151000, "create number list", "20261127151000_create_number_list.sql"),
    pair!(20261127160000, "create letter", "20261127160000_create_letter.sql"),
    pair!(20261127161000, "create clawback", "20261127161000_create_clawback.sql"),
    pair!(20261127170000, "date recovery", "20261127170000_date_recovery.sql"),
    pair!(20261127180000, "create reopening", "20261127180000_create_reopening.sql"),
    pair!(20261127190000, "return payment", "20261127190000_return_payment.sql"),
    pair!(20261127191000, "weigh clawback", "20261127191000_weigh_clawback.sql"),
    pair!(20261127192000, "create kept version", "20261127192000_create_kept_version.sql"),
    pair!(20261127200000, "create offer", "20261127200000_create_offer.sql"),
    pair!(20261127201000, "create appointment", "20261127201000_create_appointment.sql"),
    pair!(20261128000000, "number answer", "20261128000000_number_answer.sql"),
];

pub(crate) fn newest() -> i64 {
    PAIRS.iter().map(|pair| pair.version).max().unwrap_or_default()
}

pub(crate) fn sqlite() -> Migrator {
    migrator(|pair| pair.sqlite)
}

pub(crate) fn postgres() -> Migrator {
    migrator(|pair| pair.postgres)
}

fn migrator(text: impl Fn(&Pair) -> &'static str) -> Migrator {
    let migration = |pair: &Pair| {
        let sql = sqlx::SqlSafeStr::into_sql_str(text(pair));
        Migration::new(pair.version, Cow::Borrowed(pair.description), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(PAIRS.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_older_database_gets_the_edition_into_the_keys_of_its_industry_codes() {
        let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        let mut older = sqlite();
        older.migrations.to_mut().retain(|migration| migration.version < 20261126010000);
        older.run(&pool).await.unwrap();
        for sql in [
            "insert into batch (register, kind, file, sheet_names, state, received_at, recorded_at, by_whom) \
             values ('industry-codes', 'import', 'f', '[]', 'merged', 't', 't', 'w')",
            "insert into fact (batch_id, register, fact_key, sheet, row_no, cells) values \
             (1, 'industry-codes', '3911', 's', 1, '{\"code\":\"3911\",\"edition\":\"2017\"}'), \
             (1, 'industry-codes', '3912', 's', 2, '{\"code\":\"3912\"}'), \
             (1, 'patents', '2013106997442', 's', 3, '{\"edition\":\"2017\"}')",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        sqlite().run(&pool).await.unwrap();
        let keys: Vec<(String,)> =
            sqlx::query_as("select fact_key from fact order by id").fetch_all(&pool).await.unwrap();
        let keys: Vec<&str> = keys.iter().map(|(key,)| key.as_str()).collect();
        assert_eq!(keys, ["3911\u{1f}2017", "3912\u{1f}", "2013106997442"]);
    }

    #[test]
    fn every_migration_file_is_listed_and_in_pairs() {
        let listed: Vec<String> =
            PAIRS.iter().map(|pair| format!("{}_{}.sql", pair.version, pair.description.replace(' ', "_"))).collect();
        for database in ["sqlite", "postgres"] {
            let folder = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            assert_eq!(files, listed, "{database}");
        }
    }
}
