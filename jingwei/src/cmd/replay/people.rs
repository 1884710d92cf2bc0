//! The demo district as a replay sees it: who works where, who is responsible, and which of its places, standards and
//! bodies stands for a name of the file.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use cases::api::PastCase;
use grid::api::seed::{DemoArea, DemoDistrict, DemoScope, PASSWORD, random_point_in};
use kernel::audit::Verdict;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::Value;

use super::client::{Person, Server};

/// The demo district.
pub(super) struct Town {
    /// Its server.
    pub(super) server: Server,
    grids: Names<Grid>,
    standards: Names<Listed>,
    bodies: Names<Arc<Person>>,
    acceptors: Vec<Arc<Person>>,
    shift_leads: Vec<Arc<Person>>,
    dispatchers: Vec<Arc<Person>>,
    checkers: Vec<Arc<Person>>,
    /// Reads every case.
    pub(super) leader: Arc<Person>,
    /// Reads the audit log.
    pub(super) auditor: Arc<Person>,
}

/// A filing standard.
struct Listed {
    id: String,
    /// Whether the work under it has several stages.
    staged: bool,
}

/// A grid and its worker.
pub(super) struct Grid {
    area: DemoArea,
    /// Who works there.
    pub(super) worker: Arc<Person>,
}

impl Grid {
    /// A point in it, the same for the same case.
    pub(super) fn point(&self, case: usize) -> (f64, f64) {
        random_point_in(&self.area.shape, &mut ChaCha8Rng::seed_from_u64(case as u64))
    }
}

/// Things by code, and for names that are no code one after the other.
struct Names<T> {
    all: Vec<(String, T)>,
    by_name: Mutex<HashMap<String, usize>>,
    next: AtomicUsize,
}

impl<T> Names<T> {
    fn new(all: Vec<(String, T)>) -> Self {
        let by_name = all
            .iter()
            .enumerate()
            .map(|(at, (code, _))| (code.clone(), at))
            .collect();
        Self {
            all,
            by_name: Mutex::new(by_name),
            next: AtomicUsize::new(0),
        }
    }

    /// What this name stands for.
    fn get(&self, name: &str) -> Result<&(String, T)> {
        let mut by_name = self
            .by_name
            .lock()
            .map_err(|_| anyhow::anyhow!("another task has failed"))?;
        let next = || self.next.fetch_add(1, Ordering::Relaxed) % self.all.len().max(1);
        let at = *by_name.entry(name.to_owned()).or_insert_with(next);
        self.all.get(at).context("the district has none")
    }
}

/// Who has to do with one case.
pub(super) struct Cast<'a> {
    pub(super) grid: &'a Grid,
    /// The filing standard's id.
    pub(super) standard: &'a str,
    /// Whether the work under it has several stages.
    pub(super) staged: bool,
    pub(super) body: &'a str,
    pub(super) clerk: &'a Person,
    pub(super) acceptor: &'a Person,
    pub(super) shift_lead: &'a Person,
    pub(super) dispatcher: &'a Person,
    pub(super) checker: &'a Person,
}

impl Town {
    /// The district as its seed makes it, with the responsibility list of the running server.
    pub(super) async fn new(server: Server, district: &DemoDistrict, seed: u64) -> Result<Self> {
        let person = |login: &str| Arc::new(Person::new(login.to_owned(), PASSWORD));
        // Past cases went over the district's desk; the towns' centres have no part in them.
        let of = |role: &str| -> Vec<Arc<Person>> {
            district
                .people
                .iter()
                .filter(|it| it.role == role && it.scope == DemoScope::All)
                .map(|it| person(&it.login))
                .collect()
        };
        let one = |role: &str| {
            of(role)
                .into_iter()
                .next()
                .with_context(|| format!("the demo has no {role}"))
        };
        let mut workers: HashMap<&str, &str> = HashMap::new();
        for it in district.people.iter().filter(|it| it.role == "worker") {
            if let Some(post) = &it.post {
                workers.entry(&post.area).or_insert(&it.login);
            }
        }
        let grids = district.areas.iter().filter_map(|area| {
            let worker = person(workers.get(area.code.as_str())?);
            let area = area.clone();
            Some((area.code.clone(), Grid { area, worker }))
        });
        let clerks = district.people.iter().filter(|it| it.role == "body_clerk");
        let bodies = clerks.filter_map(|it| Some((it.body.clone()?, person(&it.login))));
        let leader = one("leader")?;
        let standards = standards(&server, &leader).await.with_context(|| {
            format!("演示不是由种子 {seed} 生成？· Was the demo made from another seed than {seed}?")
        })?;
        Ok(Self {
            grids: Names::new(grids.collect()),
            standards: Names::new(standards),
            bodies: Names::new(bodies.collect()),
            acceptors: of("acceptor"),
            shift_leads: of("shift_lead"),
            dispatchers: of("dispatcher"),
            checkers: of("checker"),
            auditor: one("audit_admin")?,
            leader,
            server,
        })
    }

    /// Who has to do with the n-th case.
    pub(super) fn cast(&self, n: usize, case: &PastCase) -> Result<Cast<'_>> {
        let (body, clerk) = self.bodies.get(&case.body)?;
        let listed = &self.standards.get(&case.standard)?.1;
        Ok(Cast {
            grid: &self.grids.get(&case.area)?.1,
            standard: &listed.id,
            staged: listed.staged,
            body,
            clerk,
            acceptor: nth(&self.acceptors, n)?,
            shift_lead: nth(&self.shift_leads, n)?,
            dispatcher: nth(&self.dispatchers, n)?,
            checker: nth(&self.checkers, n)?,
        })
    }

    /// Logs everybody in who has to do with these cases, so that the time of a move is its own; says how many.
    pub(super) async fn log_in(&self, cases: &[PastCase], at_a_time: usize) -> Result<usize> {
        let mut people: HashMap<*const Person, &Person> = HashMap::new();
        for (n, case) in cases.iter().enumerate() {
            let cast = self.cast(n, case)?;
            let of_case = [
                &*cast.grid.worker,
                cast.clerk,
                cast.acceptor,
                cast.shift_lead,
                cast.dispatcher,
                cast.checker,
            ];
            people.extend(of_case.map(|it| (std::ptr::from_ref(it), it)));
        }
        let people: Vec<&Person> = people.into_values().collect();
        for some in people.chunks(at_a_time.max(1)) {
            futures_util::future::try_join_all(some.iter().map(|it| self.server.id_of(it))).await?;
        }
        Ok(people.len())
    }

    /// Whether the audit chain is whole, once everything that was done is sealed in it.
    pub(super) async fn audit(&self) -> Result<Verdict> {
        loop {
            let verdict = self.server.get(&self.auditor, "/api/audit/verify").await?;
            let verdict: Verdict = serde_json::from_value(verdict)?;
            if verdict.unsealed == 0 || !verdict.ok {
                return Ok(verdict);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

fn nth(all: &[Arc<Person>], n: usize) -> Result<&Person> {
    let found = all.get(n % all.len().max(1));
    found.map(|it| &**it).context("the demo lacks a role")
}

/// Every filing standard that is in force, by code.
async fn standards(server: &Server, leader: &Person) -> Result<Vec<(String, Listed)>> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = server.get(leader, &format!("/api/standards?limit=200{after}")).await?;
        for it in items(&page) {
            let text = |key: &str| it[key].as_str().map(str::to_owned);
            let staged = it["stages"].as_array().is_some_and(|it| it.len() > 1);
            let listed = text("id").map(|id| Listed { id, staged });
            all.extend(text("code").zip(listed));
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(all),
        }
    }
}

/// A page's items.
pub(super) fn items(page: &Value) -> &[Value] {
    page["items"].as_array().map(Vec::as_slice).unwrap_or_default()
}
