//! The route table: each operation says who may call it, and that line is both the check and its entry in OpenAPI.
//!
//! ```ignore
//! Routes::new()
//!     .add(routes!(case_list).needs(&CASE_READ))
//!     .add(routes!(session_create).public())
//! ```
//! An operation without a guard does not compile, because [`Routes::add`] takes only a [`Guarded`] one.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Ref, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::Kernel;
use crate::auth::{Permission, User};
use crate::error::{Error, codes};

/// The body of every refusal and failure (RFC 9457).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:jingwei:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about, short.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What to tell the person, in the language asked for.
    pub detail: String,
    /// The number under which the server's log has this request.
    pub trace: String,
    /// The fields that were refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ProblemField>,
    /// Facts for the client that belong to the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
}

/// One refused field.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemField {
    /// Its path in the body or the query.
    pub field: String,
    /// The stable code of the reason.
    pub code: String,
    /// The reason, in the language asked for.
    pub detail: String,
}

/// An operation with its guard.
pub struct Guarded(UtoipaMethodRouter<Kernel>);

/// Puts a guard on an operation.
pub trait Guard {
    /// Only for users whose roles hold this permission; where their scope ends is the handler's business.
    fn needs(self, permission: &'static Permission) -> Guarded;
    /// For whoever is logged in.
    fn signed_in(self) -> Guarded;
    /// For whoever is logged in, also with a password that somebody else has given them and they must change first.
    fn signed_in_at_all(self) -> Guarded;
    /// For everybody.
    fn public(self) -> Guarded;
}

impl Guard for UtoipaMethodRouter<Kernel> {
    fn needs(self, permission: &'static Permission) -> Guarded {
        let check = move |request: Request, next: Next| async move {
            let verdict = signed_in(&request).and_then(|user| {
                own_password(user)?;
                user.require(permission)
            });
            go_on(verdict, request, next).await
        };
        guarded(self, Some(permission.code), move |router| router.layer(from_fn(check)))
    }

    fn signed_in(self) -> Guarded {
        let check = move |request: Request, next: Next| async move {
            let verdict = signed_in(&request).and_then(own_password);
            go_on(verdict, request, next).await
        };
        guarded(self, Some("*"), move |router| router.layer(from_fn(check)))
    }

    fn signed_in_at_all(self) -> Guarded {
        let check = move |request: Request, next: Next| async move {
            let verdict = signed_in(&request).map(drop);
            go_on(verdict, request, next).await
        };
        guarded(self, Some("*"), move |router| router.layer(from_fn(check)))
    }

    fn public(self) -> Guarded {
        guarded(self, None, |router| router)
    }
}

fn signed_in(request: &Request) -> crate::Result<&User> {
    request
        .extensions()
        .get::<User>()
        .ok_or_else(|| Error::from(&codes::UNAUTHENTICATED))
}

fn own_password(user: &User) -> crate::Result<()> {
    if user.must_change {
        Err(Error::from(&codes::OWN_PASSWORD_FIRST))
    } else {
        Ok(())
    }
}

async fn go_on(verdict: crate::Result<()>, request: Request, next: Next) -> Response {
    match verdict {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

type MethodRouter = axum::routing::MethodRouter<Kernel>;

fn guarded(
    (schemas, mut paths, router): UtoipaMethodRouter<Kernel>,
    permission: Option<&'static str>,
    layer: impl FnOnce(MethodRouter) -> MethodRouter,
) -> Guarded {
    for operation in paths.paths.values_mut().flat_map(operations) {
        describe(operation, permission);
    }
    Guarded((schemas, paths, layer(router)))
}

/// The operations of one path.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ]
    .into_iter()
    .filter_map(Option::as_mut)
}

fn describe(operation: &mut Operation, permission: Option<&'static str>) {
    let problem = ResponseBuilder::new()
        .description("Refused or failed; `code` says why")
        .content(
            "application/problem+json",
            utoipa::openapi::ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build(),
        )
        .build();
    operation
        .responses
        .responses
        .insert("default".to_owned(), problem.into());
    if let Some(permission) = permission {
        let either = ["session", "key"].map(|it| SecurityRequirement::new::<_, _, String>(it, []));
        operation.security = Some(either.into());
        let extension = utoipa::openapi::extensions::ExtensionsBuilder::new()
            .add("x-permission", permission)
            .build();
        match &mut operation.extensions {
            Some(extensions) => extensions.merge(extension),
            none => *none = Some(extension),
        }
    } else {
        operation.security = Some(Vec::new());
    }
}

/// An app's addresses.
#[derive(Default)]
pub struct Routes(pub(super) OpenApiRouter<Kernel>);

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self(OpenApiRouter::new())
    }

    /// Adds an operation with its guard.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "a table is added to, as a router is; two tables are not summed"
    )]
    pub fn add(self, Guarded(route): Guarded) -> Self {
        Self(self.0.routes(route))
    }

    /// Adds another table.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self(self.0.merge(other.0))
    }
}
