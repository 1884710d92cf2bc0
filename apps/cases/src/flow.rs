//! The table of moves of a case: who may do what, from where to where, what must be given, what the clock does.
//!
//! This is the whole process; no page and no handler repeats a rule of it. A test walks every move and every forbidden
//! one, and the diagram in the README is drawn from it.

use kernel::flow::{Ask, AskKind, Flow, Move, Tick};

use crate::model::Action::{
    Accept, AcceptAppeal, Appeal, AskExtension, AskSuspension, Assign, Assist, CallIn, Check, Close, Decline, Dispatch,
    Evaluate, Extend, File, FinishStage, HandOver, Handle, Note, Receive, Refuse, RefuseTask, Reopen, Resume, Return,
    Review, Rework, SendCheck, SendDown, SendUp, SendVerify, Settle, Suspend, Transfer, Verify, Void,
};
use crate::model::State::{
    Accepted, Checked, Checking, Closed, Declined, Dispatched, Filed, Handled, Handling, Reported, Suspended,
    Verifying, Voided,
};
use crate::model::{Action, State};
use crate::permissions::{
    CASE_ACCEPT, CASE_ASSIGN, CASE_CHECK, CASE_CLOSE, CASE_DISPATCH, CASE_EVALUATE, CASE_FILE, CASE_GRANT, CASE_HANDLE,
    CASE_LEVEL, CASE_NOTE, CASE_REOPEN, CASE_REVIEW, CASE_SETTLE, CASE_VERIFY, CASE_VOID,
};

const REASON: Ask = Ask::required("note", AskKind::Text, "原因", "Reason");
const RESULT: Ask = Ask::required("note", AskKind::Text, "处理结果", "Result");
const REMARK: Ask = Ask::required("note", AskKind::Text, "备注内容", "Remark");
const MAY_NOTE: Ask = Ask::optional("note", AskKind::Text, "说明", "Note");
const PHOTOS: Ask = Ask::optional("photos", AskKind::Photos, "照片", "Photos");
const WORKER: Ask = Ask::optional("user", AskKind::Pick, "网格员", "Grid worker");
const COLLEAGUE: Ask = Ask::required("user", AskKind::Pick, "经办人", "Colleague");
const TRUTH: Ask = Ask::required("truth", AskKind::Bool, "是否属实", "Is it true?");
const PASSED: Ask = Ask::required("passed", AskKind::Bool, "是否处理到位", "Is it done?");
const STANDARD: Ask = Ask::required("standard", AskKind::Pick, "立案标准", "Filing standard");
const BODY: Ask = Ask::required("body", AskKind::Pick, "责任单位", "Responsible body");
const OTHER_WORKER: Ask = Ask::required("user", AskKind::Pick, "转交给", "Hand over to");
const HELPER: Ask = Ask::required("body", AskKind::Pick, "协办单位", "Body that helps");
const UNTIL: Ask = Ask::required("until", AskKind::Moment, "挂账至", "Until");
const REASONS: Ask = Ask::optional("reasons", AskKind::Choices, "不满意的原因", "Reasons");
const JUSTIFIED: Ask = Ask::required("justified", AskKind::Bool, "不满意是否成立", "Is it justified?");
const SATISFACTION: Ask = Ask::required("satisfaction", AskKind::Choice, "满意度", "Satisfaction");

/// The process.
pub static FLOW: Flow<State, Action> = Flow {
    moves: &[
        // 采集上报 → 核实立案
        Move::to(&[Reported], Accept, Accepted, &CASE_ACCEPT).asks(&[MAY_NOTE]),
        Move::to(&[Reported], Decline, Declined, &CASE_ACCEPT)
            .asks(&[REASON])
            .danger(),
        Move::to(&[Reported, Accepted], SendVerify, Verifying, &CASE_ACCEPT)
            .asks(&[WORKER, MAY_NOTE])
            .side(),
        Move::to(&[Verifying], Verify, Accepted, &CASE_VERIFY).asks(&[TRUTH, MAY_NOTE, PHOTOS]),
        Move::stay(&[Verifying], HandOver, &CASE_VERIFY)
            .asks(&[OTHER_WORKER, MAY_NOTE])
            .side(),
        Move::to(&[Verifying], RefuseTask, Accepted, &CASE_VERIFY)
            .asks(&[REASON])
            .side(),
        Move::to(&[Accepted], File, Filed, &CASE_FILE).asks(&[STANDARD, MAY_NOTE]),
        Move::to(&[Reported, Accepted], Settle, Closed, &CASE_SETTLE)
            .asks(&[RESULT, PHOTOS])
            .side(),
        Move::stay(&[Reported, Accepted, Filed], SendUp, &CASE_LEVEL)
            .asks(&[REASON])
            .side(),
        Move::stay(&[Reported, Accepted, Filed], SendDown, &CASE_LEVEL)
            .asks(&[MAY_NOTE])
            .side(),
        // 指挥派遣
        Move::to(&[Filed], Dispatch, Dispatched, &CASE_DISPATCH)
            .asks(&[BODY, MAY_NOTE])
            .ticks(Tick::Start),
        Move::to(&[Filed], Return, Accepted, &CASE_DISPATCH)
            .asks(&[REASON])
            .side(),
        Move::to(&[Dispatched, Handling], Transfer, Dispatched, &CASE_DISPATCH)
            .asks(&[BODY, REASON])
            .ticks(Tick::Start)
            .side(),
        Move::stay(&[Dispatched, Handling, Suspended], CallIn, &CASE_DISPATCH)
            .asks(&[HELPER, MAY_NOTE])
            .side(),
        // 处理反馈
        Move::to(&[Dispatched], Receive, Handling, &CASE_HANDLE).asks(&[MAY_NOTE]),
        Move::to(&[Dispatched, Handling], Return, Filed, &CASE_HANDLE)
            .asks(&[REASON])
            .ticks(Tick::Pause)
            .side(),
        Move::stay(&[Handling], Assign, &CASE_ASSIGN)
            .asks(&[COLLEAGUE, MAY_NOTE])
            .side(),
        Move::to(&[Handling], Handle, Handled, &CASE_HANDLE)
            .asks(&[RESULT, PHOTOS])
            .ticks(Tick::Pause),
        Move::stay(&[Handling], FinishStage, &CASE_HANDLE)
            .asks(&[RESULT, PHOTOS])
            .side(),
        Move::stay(&[Dispatched, Handling, Suspended], Assist, &CASE_HANDLE)
            .asks(&[RESULT, PHOTOS])
            .side(),
        Move::stay(&[Dispatched, Handling], AskExtension, &CASE_HANDLE)
            .asks(&[REASON])
            .side(),
        Move::stay(&[Dispatched, Handling], Extend, &CASE_GRANT)
            .asks(&[MAY_NOTE])
            .side(),
        Move::stay(&[Handling], AskSuspension, &CASE_HANDLE)
            .asks(&[UNTIL, REASON])
            .side(),
        Move::to(&[Handling], Suspend, Suspended, &CASE_GRANT)
            .asks(&[MAY_NOTE])
            .ticks(Tick::Pause)
            .side(),
        Move::to(&[Suspended], Resume, Handling, &CASE_HANDLE)
            .asks(&[MAY_NOTE])
            .ticks(Tick::Start)
            .side(),
        Move::stay(&[Handling, Handled, Checking, Checked, Closed], Appeal, &CASE_HANDLE)
            .asks(&[REASON, PHOTOS])
            .side(),
        Move::stay(
            &[Handling, Handled, Checking, Checked, Closed],
            AcceptAppeal,
            &CASE_GRANT,
        )
        .asks(&[REASON])
        .side(),
        Move::stay(
            &[Dispatched, Handling, Handled, Checking, Checked, Closed],
            Refuse,
            &CASE_GRANT,
        )
        .asks(&[REASON])
        .side(),
        // 核查结案
        Move::to(&[Handled], SendCheck, Checking, &CASE_ACCEPT).asks(&[WORKER, MAY_NOTE]),
        Move::to(&[Checking], Check, Checked, &CASE_CHECK).asks(&[PASSED, MAY_NOTE, PHOTOS]),
        Move::stay(&[Checking], HandOver, &CASE_CHECK)
            .asks(&[OTHER_WORKER, MAY_NOTE])
            .side(),
        Move::to(&[Checking], RefuseTask, Handled, &CASE_CHECK)
            .asks(&[REASON])
            .side(),
        Move::to(&[Checked], Close, Closed, &CASE_CLOSE)
            .asks(&[MAY_NOTE])
            .ticks(Tick::Stop),
        Move::to(&[Checked], Rework, Dispatched, &CASE_CLOSE)
            .asks(&[REASON])
            .ticks(Tick::Start),
        // 考核评价
        Move::stay(&[Closed], Evaluate, &CASE_EVALUATE)
            .asks(&[SATISFACTION, REASONS, MAY_NOTE])
            .side(),
        Move::stay(&[Closed], Review, &CASE_REVIEW)
            .asks(&[JUSTIFIED, REASON])
            .side(),
        Move::to(&[Closed], Reopen, Accepted, &CASE_REOPEN)
            .asks(&[REASON, PHOTOS])
            .side(),
        // At any time
        Move::to(
            &[
                Accepted, Filed, Dispatched, Handling, Suspended, Handled, Checking, Checked,
            ],
            Void,
            Voided,
            &CASE_VOID,
        )
        .asks(&[REASON])
        .ticks(Tick::Stop)
        .danger(),
        Move::stay(State::ALL, Note, &CASE_NOTE).asks(&[REMARK, PHOTOS]).side(),
    ],
};
