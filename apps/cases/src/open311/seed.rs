//! The demo's public side: the services that residents ask most for are open, two of them ask more, an application has a
//! key, and one company's cases go on to a server that is this very demo's.

use grid::api::{BodyKind, atlas};
use kernel::auth::{NewKey, NewUser, Reach, UserId, grant_role, machine_account, make_key};
use kernel::db::Sql;
use kernel::error::Result;
use kernel::{Kernel, Work};

use super::client;
use super::store::{self, Attribute, Choice, Datatype, Service};
use super::{Settings, service_code, store_settings};
use crate::catalogue::catalogue;
use crate::model::CaseId;

/// How many classes are open: those with most cases.
const OPEN: i64 = 24;
/// How many cases of the company are on their way.
const ON_THEIR_WAY: usize = 5;

/// Opens services and puts some cases on their way.
pub(crate) async fn seed_demo(kernel: &Kernel) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let settings = Settings {
        enabled: true,
        contact: "澄川区网格化综合治理指挥中心 0514-00012345".to_owned(),
        key_service: "向指挥中心系统管理员申请 api_key".to_owned(),
        zipcode: "225200".to_owned(),
        ..Settings::default()
    };
    store_settings(&mut work, settings, 1).await?;
    open_services(kernel, &mut work).await?;
    make_app(&mut work).await?;
    send_on(kernel, &mut work).await?;
    work.commit().await
}

async fn open_services(kernel: &Kernel, work: &mut Work) -> Result<()> {
    let mut sql = Sql::new(
        "SELECT class FROM cases_case WHERE class IS NOT NULL GROUP BY class ORDER BY COUNT(*) DESC, class LIMIT ",
    );
    sql.bind(OPEN);
    let classes: Vec<(String,)> = work.list(sql).await?;
    let catalogue = catalogue(kernel)?;
    for (n, (class,)) in classes.into_iter().enumerate() {
        let limit = catalogue.standards_of(&class).find_map(|it| it.limit());
        let service = Service {
            code: service_code(&class),
            class,
            open: true,
            description: None,
            keywords: None,
            notice: limit.map(|it| format!("属实立案后，一般在 {}内处理完毕。", it.zh())),
            version: 0,
            attributes: questions(n),
        };
        store::save_service(work, &service).await?;
    }
    Ok(())
}

/// What the n-th service asks.
fn questions(n: usize) -> Vec<Attribute> {
    let choice = |key: &str, name: &str| Choice {
        key: key.to_owned(),
        name: name.to_owned(),
    };
    let ask = |code: &str, datatype, required, description: &str, values| Attribute {
        code: code.to_owned(),
        variable: true,
        datatype,
        required,
        datatype_description: None,
        description: description.to_owned(),
        values,
    };
    match n {
        0 => {
            let values = vec![choice("yes", "影响通行"), choice("no", "不影响通行")];
            vec![ask(
                "PASSAGE",
                Datatype::SingleValueList,
                true,
                "是否影响行人或车辆通行？",
                values,
            )]
        }
        1 => {
            let values = vec![choice("day", "白天"), choice("night", "夜间"), choice("rain", "雨天")];
            vec![
                ask("WHEN", Datatype::MultiValueList, false, "一般在什么时候出现？", values),
                ask("SINCE", Datatype::Datetime, false, "最早什么时候发现的？", Vec::new()),
            ]
        }
        _ => Vec::new(),
    }
}

async fn make_app(work: &mut Work) -> Result<()> {
    let account: UserId = work.kernel().id();
    let user = NewUser {
        id: account,
        login: format!("key-{}", account.0.simple()),
        name: "市民随手拍".to_owned(),
        body: None,
        area: None,
    };
    machine_account(work, &user).await?;
    grant_role(work, account, "open311_app", &Reach::All).await?;
    let key = NewKey {
        id: None,
        name: user.name,
        owner: "随手拍运营组".to_owned(),
        purpose: "居民在手机上反映问题，经 Open311 接口上报".to_owned(),
        expires_at: work.now().plus_seconds(180 * 24 * 3600),
        per_minute: 300,
        addresses: Vec::new(),
    };
    make_key(work, &key, Some(account)).await?;
    Ok(())
}

/// The last company that has cases in hand gets them by Open311; the first ones get theirs by link.
async fn send_on(kernel: &Kernel, work: &mut Work) -> Result<()> {
    let atlas = atlas(kernel)?;
    let companies: Vec<&str> = atlas
        .bodies()
        .filter(|it| it.kind == BodyKind::Company && it.active)
        .map(|it| it.code.as_str())
        .collect();
    for body in companies.into_iter().rev() {
        let mut sql = Sql::new("SELECT id FROM cases_case WHERE state = 'handling' AND body = ");
        sql.bind(body).push(" ORDER BY reported_at DESC LIMIT 20");
        let cases: Vec<(CaseId,)> = work.list(sql).await?;
        if cases.len() >= 3 {
            let ids: Vec<CaseId> = cases.into_iter().map(|it| it.0).take(ON_THEIR_WAY).collect();
            let name = atlas.body(body).map(|it| it.name.clone()).unwrap_or_default();
            return client::seed(work, body, &name, &ids).await;
        }
    }
    Ok(())
}
