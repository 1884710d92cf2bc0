//! The SQL of sums, of the cases behind them, and of schemes.

use std::collections::BTreeMap;

use kernel::auth::{Columns, Scope};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Result};
use kernel::page::PageQuery;
use kernel::{Time, args};

use super::model::{Counts, Kind, Measure};
use super::period::Period;
use super::scheme::Terms;
use crate::model::{CaseId, State};

/// Which subjects.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// All in reach of a scope.
    Scope(&'a Scope),
    /// All of them.
    All,
    /// One; an area with all below it.
    One(&'a str),
}

/// The sums of a period by subject; areas by the first `digits` of their codes.
pub async fn sums(
    tx: &mut Tx,
    kind: Kind,
    period: Period,
    which: Which<'_>,
    digits: Option<&'static str>,
) -> Result<BTreeMap<String, Counts>> {
    let group = digits.unwrap_or("subject");
    let mut sql = Sql::new("SELECT ");
    sql.push(group).push(" AS subject, ");
    // One text of all sums in the order of the measures, so that a row has two columns whatever is counted.
    for (n, measure) in Measure::ALL.iter().enumerate() {
        sql.push(if n == 0 { "" } else { " || ' ' || " });
        sql.push("CAST(SUM(").push(measure.as_str()).push(") AS TEXT)");
    }
    sql.push(" AS counts FROM cases_fact_sum WHERE kind = ")
        .bind(kind)
        .push(" AND ");
    match which {
        Which::All => sql.push("TRUE"),
        Which::One(code) if kind == Kind::Area => sql.within("subject", code),
        Which::One(code) => sql.push("subject = ").bind(code),
        Which::Scope(scope) => {
            let area = if kind == Kind::Area { "subject" } else { "" };
            let body = if kind == Kind::Body { "subject" } else { "" };
            scope.push(&mut sql, Columns { area, body, own: &[] });
            &mut sql
        }
    };
    let (months, days) = period.cut();
    let spans = months
        .into_iter()
        .map(|it| ("month", it))
        .chain(days.into_iter().map(|it| ("day", it)));
    sql.push(" AND (FALSE");
    for (grain, (from, to)) in spans {
        sql.push(" OR (grain = ").bind(grain).push(" AND span >= ").bind(from);
        sql.push(" AND span <= ").bind(to).push(")");
    }
    sql.push(") GROUP BY ").push(group);
    let rows: Vec<(String, String)> = tx.list(sql).await?;
    let mut all = BTreeMap::new();
    for (subject, counts) in rows {
        let counts = Measure::ALL.iter().copied().zip(counts.split(' '));
        let counts = counts.filter_map(|(measure, n)| Some((measure, n.parse().ok().filter(|n| *n != 0)?)));
        all.insert(subject, counts.collect::<Counts>());
    }
    all.retain(|_, counts| !counts.is_empty());
    Ok(all)
}

/// A case behind a number.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Behind {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// Its class.
    pub class: Option<String>,
    /// Its area.
    pub area: String,
    /// When it was reported.
    pub reported_at: Time,
    /// The day of the report, which the list goes by.
    pub day: String,
    /// Taken out by an appeal or an objection.
    pub taken: bool,
    /// What it counts.
    pub measures: String,
}

/// The cases behind a number, newest first.
pub async fn behind(
    tx: &mut Tx,
    kind: Kind,
    subject: &str,
    period: Period,
    measure: Option<Measure>,
    page: &PageQuery,
) -> Result<Vec<Behind>> {
    let mut sql = Sql::new(
        "SELECT cases_case.id, cases_case.number, cases_case.state, cases_case.class, cases_case.area, \
         cases_case.reported_at, cases_fact_part.day, cases_fact_part.taken, cases_fact_part.measures \
         FROM cases_fact_part JOIN cases_case ON cases_case.id = cases_fact_part.case_id WHERE cases_fact_part.kind = ",
    );
    sql.bind(kind).push(" AND ");
    if kind == Kind::Area {
        sql.within("cases_fact_part.subject", subject);
    } else {
        sql.push("cases_fact_part.subject = ").bind(subject);
    }
    sql.and("cases_fact_part.day >=", period.from.to_string());
    sql.and("cases_fact_part.day <=", period.to.to_string());
    if let Some(measure) = measure {
        sql.and("cases_fact_part.measures LIKE", format!("% {measure}=%"));
    }
    if let Some((day, id)) = page.key::<(String, CaseId)>()? {
        sql.push(" AND (cases_fact_part.day, cases_fact_part.case_id) < (")
            .bind(day)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY cases_fact_part.day DESC, cases_fact_part.case_id DESC LIMIT ")
        .bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// Whether a case counts for a subject.
pub async fn counts_for(tx: &mut Tx, case: CaseId, kind: Kind, subject: &str) -> Result<bool> {
    let sql = "SELECT case_id FROM cases_fact_part WHERE case_id = $1 AND kind = $2 AND subject = $3 AND NOT taken";
    let row: Option<(CaseId,)> = tx.one(sql, args![case, kind, subject]).await?;
    Ok(row.is_some())
}

/// A version of the scheme.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// Which.
    pub version: i64,
    /// From which day on it holds; empty for what is shipped.
    pub valid_from: String,
    /// What it says.
    pub terms: Terms,
    /// Why it was made.
    pub reason: String,
    /// Who made it.
    pub actor_name: String,
    /// When.
    pub at: Option<Time>,
}

/// All versions, the newest first; the last is what is shipped.
pub async fn schemes(tx: &mut Tx) -> Result<Vec<Scheme>> {
    let sql =
        "SELECT version, valid_from, terms, reason, actor_name, at FROM cases_scheme ORDER BY version DESC LIMIT 200";
    let rows: Vec<(i64, String, String, String, String, Time)> = tx.all(sql, args![]).await?;
    let mut all = Vec::with_capacity(rows.len() + 1);
    for (version, valid_from, terms, reason, actor_name, at) in rows {
        all.push(Scheme {
            version,
            valid_from,
            terms: serde_json::from_str(&terms).map_err(Error::internal)?,
            reason,
            actor_name,
            at: Some(at),
        });
    }
    all.push(Scheme {
        version: 0,
        valid_from: String::new(),
        terms: Terms::shipped().map_err(Error::internal)?,
        reason: String::new(),
        actor_name: String::new(),
        at: None,
    });
    Ok(all)
}

/// The version that holds for a period: the newest of those that were in force on its last day.
pub async fn scheme_for(tx: &mut Tx, period: Period) -> Result<Scheme> {
    let day = period.to.to_string();
    let all = schemes(tx).await?;
    let found = all.into_iter().filter(|it| it.valid_from <= day).reduce(|a, b| {
        if (&b.valid_from, b.version) > (&a.valid_from, a.version) {
            b
        } else {
            a
        }
    });
    found.ok_or_else(|| Error::internal(anyhow::anyhow!("there is no evaluation scheme")))
}

/// Adds a version.
pub async fn add_scheme(tx: &mut Tx, it: &Scheme) -> Result<()> {
    let terms = serde_json::to_string(&it.terms).map_err(Error::internal)?;
    let sql =
        "INSERT INTO cases_scheme (version, valid_from, terms, reason, actor_name, at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = args![it.version, &it.valid_from, terms, &it.reason, &it.actor_name, it.at];
    tx.run(sql, values).await?;
    Ok(())
}
