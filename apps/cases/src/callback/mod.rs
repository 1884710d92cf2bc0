//! Call-back 回访: whoever reported a case is asked, once it is closed, how satisfied they are: by telephone with a script, or by
//! a signed link to a plain page. Either way the answer is the move *evaluate*; here are only the list of whom to ask, the
//! script, what came of tries without an answer, and the links.

mod desk;
mod page;
mod store;
#[cfg(test)]
mod tests;

use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Guard, Routes, routes};
use kernel::{args, id, words};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::permissions::{CASE_EVALUATE, CASE_READ, CASE_REVIEW, SETTINGS_MANAGE};

pub(crate) use store::seed_demo;

id!(
    /// A try to call somebody back.
    TryId
);

words! {
    /// What came of a call that gave no rating.
    pub enum Outcome {
        /// Nobody picked up.
        NoAnswer = "no_answer", "无人接听", "No answer";
        /// They asked to be called at another time.
        CallLater = "call_later", "改时再打", "Call later";
        /// Somebody else, or nobody, has this number.
        WrongNumber = "wrong_number", "号码有误", "Wrong number";
        /// They do not want to say.
        Declined = "declined", "不愿评价", "Would not say";
    }
}

/// The addresses: the desk's, and those that a link opens.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(desk::callback_list).needs(&CASE_EVALUATE))
        .add(routes!(desk::callback_reviews).needs(&CASE_REVIEW))
        .add(routes!(desk::callback_try).needs(&CASE_EVALUATE))
        .add(routes!(desk::callback_link).needs(&CASE_EVALUATE))
        .add(routes!(desk::callback_script).needs(&CASE_READ))
        .add(routes!(desk::callback_script_set).needs(&SETTINGS_MANAGE))
        .add(routes!(page::callback_case).public())
        .add(routes!(page::callback_rate).public())
}

/// How people are called back: kept as one row of settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CallbackScript)]
struct Script {
    /// For how many days after a case was closed its reporter is asked.
    #[schema(minimum = 1, maximum = 90)]
    days: i64,
    /// For how many days a link opens its page.
    #[schema(minimum = 1, maximum = 30)]
    link_days: i64,
    /// What is said on the telephone, in this order.
    #[schema(max_items = 12)]
    questions: Vec<Question>,
}

/// One line of the script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CallbackQuestion)]
struct Question {
    /// In Chinese.
    #[schema(min_length = 1, max_length = 200)]
    zh: String,
    /// In English.
    #[schema(max_length = 300)]
    en: String,
}

impl Default for Script {
    fn default() -> Self {
        let question = |zh: &str, en: &str| Question {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        Self {
            days: 15,
            link_days: 7,
            questions: vec![
                question(
                    "您好，这里是区指挥中心，想就您反映的问题做一个简短回访，现在方便吗？",
                    "Hello, this is the district's command centre. May I ask a few short questions about what you reported?",
                ),
                question("您反映的问题现在解决了吗？", "Has the problem been solved?"),
                question(
                    "承办单位有没有和您联系，告知处理结果？",
                    "Has the body in charge told you the result?",
                ),
                question(
                    "您对处理结果是满意、基本满意，还是不满意？",
                    "Are you satisfied, more or less satisfied, or not satisfied with the result?",
                ),
                question(
                    "（不满意时）主要是哪方面不满意？",
                    "(If not satisfied) What is the main reason?",
                ),
                question("感谢您的反映，再见。", "Thank you for reporting it. Goodbye."),
            ],
        }
    }
}

/// The script and its version; the one to start from has version 0.
async fn script(tx: &mut Tx) -> Result<(Script, i64)> {
    let sql = "SELECT value, version FROM cases_setting WHERE name = 'callback'";
    let row: Option<(String, i64)> = tx.one(sql, args![]).await?;
    match row {
        Some((value, version)) => Ok((serde_json::from_str(&value).map_err(Error::internal)?, version)),
        None => Ok((Script::default(), 0)),
    }
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
