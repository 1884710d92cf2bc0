//! What this app refuses, with the words for it.

kernel::codes! {
    /// The action is no move of the state that the entry is in.
    MOVE_NOT_OPEN = 409, "__name__.move_not_open", "当前为“{state}”，不能{action}", "It is “{state_en}”; it cannot be: {action_en}";
}
