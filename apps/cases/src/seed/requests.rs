//! What is going on at the desks when the demo starts: requests that wait for an answer, a case that is put off, bodies that
//! help, reports that lie with a town's centre. Made as their people would make it, by moves.

use grid::api::atlas;
use kernel::auth::{User, find_login, user_by_id};
use kernel::db::Sql;
use kernel::error::Result;
use kernel::{Kernel, Time};
use standards::Level;

use crate::model::{Action, CaseId, MoveInput, State};
use crate::{moves, store};

const DAY: i64 = 24 * 3600;

/// Makes the moves; what cannot be made in a small demo is left out.
pub async fn seed_demo(kernel: &Kernel) -> Result<()> {
    let Some(lead) = person(kernel, "s01").await? else {
        return Ok(());
    };
    let dispatcher = person(kernel, "d01").await?;
    let acceptor = person(kernel, "a01").await?;
    let now = kernel.now();
    for (n, (case, body)) in at_work(kernel, now).await?.into_iter().enumerate() {
        let Some(clerk) = person(kernel, &format!("{}-c", body.to_lowercase())).await? else {
            continue;
        };
        let note = |text: &str| Some(text.to_owned());
        match n % 4 {
            0 => {
                make(kernel, &clerk, case, Action::AskExtension, |it| {
                    it.note = note("配件需要外地调货，三天后到");
                })
                .await?;
            }
            1 => {
                let until = now.plus_seconds(60 * DAY);
                let asked = make(kernel, &clerk, case, Action::AskSuspension, |it| {
                    it.note = note("须待雨季结束后开挖");
                    it.until = Some(until);
                })
                .await?;
                if asked && n > 4 {
                    make(kernel, &lead, case, Action::Suspend, |it| {
                        it.note = note("情况属实，到期恢复办理");
                    })
                    .await?;
                }
            }
            2 => {
                make(kernel, &clerk, case, Action::Appeal, |it| {
                    it.note = note("现场被施工围挡封闭，无法进入");
                })
                .await?;
            }
            _ => {
                if let (Some(dispatcher), Some(helper)) = (&dispatcher, helper(kernel, &body)?) {
                    make(kernel, dispatcher, case, Action::CallIn, |it| {
                        it.body = Some(helper);
                        it.note = note("涉及地下管线，请到场配合");
                    })
                    .await?;
                }
            }
        }
    }
    if let Some(acceptor) = acceptor {
        for case in newest(kernel, State::Reported, 8).await? {
            make(kernel, &acceptor, case, Action::SendDown, |it| {
                it.note = Some("镇街可以处置，请先行办理".to_owned());
            })
            .await?;
        }
    }
    Ok(())
}

async fn person(kernel: &Kernel, login: &str) -> Result<Option<User>> {
    let found = find_login(&mut kernel.read().await?, login).await?;
    match found {
        Some(id) => user_by_id(kernel, id).await,
        None => Ok(None),
    }
}

/// Twelve cases that bodies are at work on and whose limit has not passed, with the body.
async fn at_work(kernel: &Kernel, now: Time) -> Result<Vec<(CaseId, String)>> {
    let mut sql = Sql::new("SELECT id, body FROM cases_case WHERE state = ");
    sql.bind(State::Handling)
        .push(" AND body IS NOT NULL AND due_at > ")
        .bind(now.plus_seconds(3600));
    sql.push(" ORDER BY reported_at, id LIMIT 12");
    Ok(kernel.read().await?.list(sql).await?)
}

async fn newest(kernel: &Kernel, state: State, most: i64) -> Result<Vec<CaseId>> {
    let mut sql = Sql::new("SELECT id FROM cases_case WHERE state = ");
    sql.bind(state).push(" ORDER BY reported_at DESC, id LIMIT ").bind(most);
    let rows: Vec<(CaseId,)> = kernel.read().await?.list(sql).await?;
    Ok(rows.into_iter().map(|it| it.0).collect())
}

/// Another body than this one: a town's or a department's neighbour in the list.
fn helper(kernel: &Kernel, body: &str) -> Result<Option<String>> {
    let atlas = atlas(kernel)?;
    let mut others = atlas
        .bodies()
        .filter(|it| it.active && it.code != body && it.kind.level() != Some(Level::Village));
    Ok(others.next().map(|it| it.code.clone()))
}

/// One move; says whether it could be made.
async fn make(
    kernel: &Kernel,
    user: &User,
    case: CaseId,
    action: Action,
    fill: impl FnOnce(&mut MoveInput),
) -> Result<bool> {
    let mut work = kernel.work(user).await?;
    let Some(found) = store::find(&mut work, case).await? else {
        return Ok(false);
    };
    let mut input = MoveInput::new(action, found.version);
    fill(&mut input);
    match moves::make(&mut work, found, &input).await {
        Ok(_) => {
            work.commit().await?;
            Ok(true)
        }
        // A refusal is an answer, too: such a case is not one to show this with.
        Err(error) if error.code().status < 500 => Ok(false),
        Err(error) => Err(error),
    }
}
