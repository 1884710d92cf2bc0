//! Figures: how much came in, how much was done, how much of it in time.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::Kernel;
use kernel::auth::User;
use kernel::error::{Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::catalogue::catalogue;
use crate::model::Counts;
use crate::permissions::CASE_FIGURES;
use crate::store::{self, GroupBy};
use crate::view::{FigureRow, Figures, Named, Names};

/// Which figures.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FigureQuery {
    /// What they are grouped by; `town` if not said.
    #[param(inline)]
    pub by: Option<GroupBy>,
    /// Only this area and below.
    pub under: Option<String>,
    /// Cases reported on this day or later, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Cases reported on this day or earlier.
    pub to: Option<String>,
}

/// Figures of the cases reported in a period.
#[utoipa::path(get, path = "/api/cases/figures", tag = "cases", params(FigureQuery), responses((status = 200, body = Figures)))]
pub(super) async fn case_figures(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<FigureQuery>,
) -> Result<Json<Figures>> {
    figures_of(&kernel, &user, &query).await.map(Json)
}

/// The figures that a user asks for, of what they may see.
pub(crate) async fn figures_of(kernel: &Kernel, user: &User, query: &FigureQuery) -> Result<Figures> {
    let mut fields = Fields::new();
    for (field, day) in [("from", &query.from), ("to", &query.to)] {
        if day
            .as_deref()
            .is_some_and(|it| it.parse::<jiff::civil::Date>().is_err())
        {
            fields.refuse_with(field, &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
        }
    }
    fields.done()?;
    let by = query.by.unwrap_or_default();
    let scope = user.scope(&CASE_FIGURES);
    let (under, from, to) = (query.under.as_deref(), query.from.as_deref(), query.to.as_deref());
    let groups = store::figures(&mut kernel.read().await?, by, &scope, under, from, to).await?;
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let total = groups.iter().fold(Counts::default(), |sum, it| sum.plus(&it.counts));
    let named = |code: &str| match by {
        GroupBy::Town | GroupBy::Village => Named {
            code: code.to_owned(),
            name: names.area(code).name,
            name_en: atlas.area(code).and_then(|it| it.name_en.clone()),
        },
        GroupBy::Body => names.body(code),
        GroupBy::Class => names.class(code),
        GroupBy::Month => Named {
            code: code.to_owned(),
            name: code.to_owned(),
            name_en: None,
        },
    };
    let of_body = by == GroupBy::Body;
    // What was never dispatched has no body, and what was never filed may have no class.
    let rows = groups.into_iter().filter(|it| !it.code.is_empty() || !of_body);
    let all = Named {
        code: String::new(),
        name: "合计".to_owned(),
        name_en: Some("All".to_owned()),
    };
    Ok(Figures {
        rows: rows
            .map(|it| FigureRow::new(named(&it.code), it.counts, of_body))
            .collect(),
        total: FigureRow::new(all, total, false),
    })
}
