//! The SQL of the public side: services with their attributes, and requests.

use std::collections::HashMap;

use kernel::Time;
use kernel::auth::UserId;
use kernel::db::{Json, Sql, Tx};
use kernel::error::Result;
use kernel::{Work, args};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{CaseId, State};

kernel::words! {
    /// How an attribute is filled in.
    pub enum Datatype {
        /// A line.
        String = "string", "单行文字", "Line of text";
        /// A number.
        Number = "number", "数字", "Number";
        /// A moment.
        Datetime = "datetime", "日期时间", "Date and time";
        /// Several lines.
        Text = "text", "多行文字", "Text";
        /// One of a list.
        SingleValueList = "singlevaluelist", "单选", "One of a list";
        /// Some of a list.
        MultiValueList = "multivaluelist", "多选", "Several of a list";
    }
}

impl Datatype {
    pub(super) const fn is_list(self) -> bool {
        matches!(self, Self::SingleValueList | Self::MultiValueList)
    }
}

/// A value of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Open311Choice)]
pub(super) struct Choice {
    /// What is sent.
    #[schema(min_length = 1, max_length = 32)]
    pub key: String,
    /// What is shown.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
}

/// A question beyond place and description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Open311Attribute)]
pub(super) struct Attribute {
    /// Letters, digits, `_` and `-`.
    #[schema(min_length = 1, max_length = 32)]
    pub code: String,
    /// Whether something is asked; otherwise the description is only shown.
    pub variable: bool,
    /// How it is filled in.
    pub datatype: Datatype,
    /// Whether a request is refused without it.
    pub required: bool,
    /// A hint for filling it in.
    #[schema(max_length = 200)]
    pub datatype_description: Option<String>,
    /// The question.
    #[schema(min_length = 1, max_length = 200)]
    pub description: String,
    /// The values, of a list.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub values: Vec<Choice>,
}

/// A class as a service.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Service {
    pub code: String,
    pub class: String,
    pub open: bool,
    pub description: Option<String>,
    pub keywords: Option<String>,
    pub notice: Option<String>,
    pub version: i64,
    #[sqlx(skip)]
    pub attributes: Vec<Attribute>,
}

#[derive(sqlx::FromRow)]
struct AttributeRow {
    service: String,
    code: String,
    variable: bool,
    datatype: Datatype,
    required: bool,
    datatype_description: Option<String>,
    description: String,
    options: Json<Vec<Choice>>,
}

/// All services, open or not, by code: as many as there are classes at most.
pub(super) async fn services(tx: &mut Tx) -> Result<Vec<Service>> {
    let sql =
        "SELECT code, class, open, description, keywords, notice, version FROM cases_open311_service ORDER BY code";
    let mut services: Vec<Service> = tx.all(sql, vec![]).await?;
    let sql = "SELECT service, code, variable, datatype, required, datatype_description, description, options \
               FROM cases_open311_attribute ORDER BY service, ord";
    let rows: Vec<AttributeRow> = tx.all(sql, vec![]).await?;
    let mut asked: HashMap<String, Vec<Attribute>> = HashMap::new();
    for it in rows {
        asked.entry(it.service).or_default().push(Attribute {
            code: it.code,
            variable: it.variable,
            datatype: it.datatype,
            required: it.required,
            datatype_description: it.datatype_description,
            description: it.description,
            values: it.options.0,
        });
    }
    for it in &mut services {
        it.attributes = asked.remove(&it.code).unwrap_or_default();
    }
    Ok(services)
}

/// Writes a service on the version that was seen, 0 for a new one; `false` if it has another by now.
pub(super) async fn save_service(work: &mut Work, it: &Service) -> Result<bool> {
    let values = args![
        &it.code,
        &it.class,
        it.open,
        it.description.as_deref(),
        it.keywords.as_deref(),
        it.notice.as_deref(),
        it.version
    ];
    let sql = if it.version == 0 {
        "INSERT INTO cases_open311_service (code, class, open, description, keywords, notice, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7 + 1) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE cases_open311_service SET open = $3, description = $4, keywords = $5, notice = $6, version = version + 1 \
         WHERE code = $1 AND class = $2 AND version = $7"
    };
    if work.run(sql, values).await? != 1 {
        return Ok(false);
    }
    work.run(
        "DELETE FROM cases_open311_attribute WHERE service = $1",
        args![&it.code],
    )
    .await?;
    for (n, asked) in (1_i64..).zip(&it.attributes) {
        let sql = "INSERT INTO cases_open311_attribute (service, code, ord, variable, datatype, required, datatype_description, \
                   description, options) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values = args![
            &it.code,
            &asked.code,
            n,
            asked.variable,
            asked.datatype,
            asked.required,
            asked.datatype_description.as_deref(),
            &asked.description,
            &Json(&asked.values)
        ];
        work.run(sql, values).await?;
    }
    Ok(true)
}

/// Which requests are asked for.
#[derive(Debug)]
pub(super) enum Which<'a> {
    /// These, by number; whatever else was said.
    Numbers(Vec<&'a str>),
    /// Those in a span of time.
    Span {
        from: Time,
        to: Time,
        /// Only this status.
        closed: Option<bool>,
        limit: i64,
        skip: i64,
    },
}

/// What was answered: code and values.
pub(super) type Answers = Vec<(String, Vec<String>)>;

/// A case as far as a request shows it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Found {
    pub id: CaseId,
    pub number: String,
    pub state: State,
    pub class: Option<String>,
    pub description: String,
    pub place: Option<String>,
    pub area: String,
    pub lng: Option<f64>,
    pub lat: Option<f64>,
    pub body: Option<String>,
    pub last_body: Option<String>,
    pub due_at: Option<Time>,
    pub reported_at: Time,
    pub closed_at: Option<Time>,
    pub service: Option<String>,
    pub app: Option<UserId>,
    pub media_url: Option<String>,
    pub attributes: Option<Json<Answers>>,
}

/// States in which nothing more is to be done.
fn ends() -> impl Iterator<Item = State> {
    State::ALL.iter().copied().filter(|it| it.is_end())
}

/// The requests of these services, the newest first.
pub(super) async fn requests(tx: &mut Tx, services: &[&Service], which: &Which<'_>) -> Result<Vec<Found>> {
    let mut sql = Sql::new(
        "SELECT c.id, c.number, c.state, c.class, c.description, c.place, c.area, c.lng, c.lat, c.body, c.last_body, c.due_at, \
         c.reported_at, c.closed_at, r.service, r.app, r.media_url, r.attributes \
         FROM cases_case c LEFT JOIN cases_open311_request r ON r.case_id = c.id WHERE (c.class IN ",
    );
    // What came in as a service stays a request of it, whatever class the centre has found it to be.
    sql.list(services.iter().map(|it| &it.class));
    sql.push(" OR r.service IN ")
        .list(services.iter().map(|it| &it.code))
        .push(")");
    match which {
        Which::Numbers(numbers) => {
            sql.push(" AND c.number IN ").list(numbers.iter().copied());
            sql.push(" ORDER BY c.reported_at DESC, c.id DESC");
        }
        Which::Span {
            from,
            to,
            closed,
            limit,
            skip,
        } => {
            sql.and("c.reported_at >=", *from).and("c.reported_at <=", *to);
            if let Some(closed) = closed {
                sql.push(if *closed {
                    " AND c.state IN "
                } else {
                    " AND c.state NOT IN "
                })
                .list(ends());
            }
            sql.push(" ORDER BY c.reported_at DESC, c.id DESC LIMIT ").bind(*limit);
            // The extension that GeoReport's clients know has page numbers and no cursor; a span of 90 days bounds it.
            sql.push(" OFFSET ").bind(*skip);
        }
    }
    Ok(tx.list(sql).await?)
}

/// When these cases were last changed.
pub(super) async fn changed(tx: &mut Tx, cases: impl IntoIterator<Item = CaseId>) -> Result<HashMap<CaseId, Time>> {
    let mut sql = Sql::new("SELECT case_id, MAX(at) FROM cases_entry WHERE case_id IN ");
    sql.list(cases).push(" GROUP BY case_id");
    let rows: Vec<(CaseId, Time)> = tx.list(sql).await?;
    Ok(rows.into_iter().collect())
}

/// Remembers how a case came in.
pub(super) async fn insert_request(
    tx: &mut Tx,
    case: CaseId,
    service: &str,
    app: UserId,
    attributes: &[(String, Vec<String>)],
    media_url: Option<&str>,
) -> Result<()> {
    let sql =
        "INSERT INTO cases_open311_request (case_id, service, app, attributes, media_url) VALUES ($1, $2, $3, $4, $5)";
    tx.run(sql, args![case, service, app, &Json(attributes), media_url])
        .await?;
    Ok(())
}
