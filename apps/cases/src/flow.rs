//! The table of moves of a case: who may do what, from where to where, what must be given, what the clock does.
//!
//! This is the whole process; no page and no handler repeats a rule of it. A test walks every move and every forbidden
//! one, and the diagram in the README is drawn from it.

use kernel::flow::{Ask, AskKind, Flow, Move, Tick};

use crate::model::Action::{
    Accept, Assign, Check, Close, Decline, Dispatch, Evaluate, File, Handle, Note, Receive, Return, Rework, SendCheck,
    SendVerify, Verify, Void,
};
use crate::model::State::{
    Accepted, Checked, Checking, Closed, Declined, Dispatched, Filed, Handled, Handling, Reported, Verifying, Voided,
};
use crate::model::{Action, State};
use crate::permissions::{
    CASE_ACCEPT, CASE_ASSIGN, CASE_CHECK, CASE_CLOSE, CASE_DISPATCH, CASE_EVALUATE, CASE_FILE, CASE_HANDLE, CASE_NOTE,
    CASE_VERIFY, CASE_VOID,
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
        Move::to(&[Accepted], File, Filed, &CASE_FILE).asks(&[STANDARD, MAY_NOTE]),
        // 指挥派遣
        Move::to(&[Filed], Dispatch, Dispatched, &CASE_DISPATCH)
            .asks(&[BODY, MAY_NOTE])
            .ticks(Tick::Start),
        Move::to(&[Filed], Return, Accepted, &CASE_DISPATCH)
            .asks(&[REASON])
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
        // 核查结案
        Move::to(&[Handled], SendCheck, Checking, &CASE_ACCEPT).asks(&[WORKER, MAY_NOTE]),
        Move::to(&[Checking], Check, Checked, &CASE_CHECK).asks(&[PASSED, MAY_NOTE, PHOTOS]),
        Move::to(&[Checked], Close, Closed, &CASE_CLOSE)
            .asks(&[MAY_NOTE])
            .ticks(Tick::Stop),
        Move::to(&[Checked], Rework, Dispatched, &CASE_CLOSE)
            .asks(&[REASON])
            .ticks(Tick::Start),
        // 考核评价
        Move::stay(&[Closed], Evaluate, &CASE_EVALUATE)
            .asks(&[SATISFACTION, MAY_NOTE])
            .side(),
        // At any time
        Move::to(
            &[Accepted, Filed, Dispatched, Handling, Handled, Checking, Checked],
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
