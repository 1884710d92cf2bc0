//! What can be wrong with a list, each with its texts; files and columns have theirs beside the code that finds them.

use kernel::intake::Kind;

/// A row without a minor class.
pub(crate) const NO_CLASS: Kind = Kind::error(
    "cases.list_no_class",
    "没有小类名称和代码，该行未读取",
    "Neither name nor code of a minor class; the row was not read",
);
/// A row that has a class and says nothing about it.
pub(crate) const NOTHING_SAID: Kind = Kind::error(
    "cases.list_nothing_said",
    "“{value}”没有立案条件、处置时限和责任主体，该行未读取",
    "“{value}” has no filing condition, no limit and no responsible body; the row was not read",
);
/// A single text that is neither a heading nor a note.
pub(crate) const NOT_A_ROW: Kind = Kind::error(
    "cases.list_not_a_row",
    "只有一处文字“{value}”，无法识别，该行未读取",
    "The row has a single text, “{value}”, that was not understood; it was not read",
);
/// A text below or between the rows.
pub(crate) const NOTE_ROW: Kind = Kind::note(
    "cases.list_note_row",
    "说明文字，未作为条目：{value}",
    "A note, not an item: {value}",
);
/// A heading that names the major class of the rows below.
pub(crate) const SECTION: Kind = Kind::note(
    "cases.list_section",
    "小标题“{value}”作为以下各行的大类",
    "The heading “{value}” is taken as the major class of the rows below",
);
/// The header again, as at the top of a printed page.
pub(crate) const HEADER_AGAIN: Kind = Kind::note("cases.list_header_again", "重复的表头", "The header repeated");
/// Rows that take their major or minor class from the row above.
pub(crate) const CARRIED: Kind = Kind::note(
    "cases.list_carried",
    "“{column}”为空的{count}行沿用上一行的值（首见本行）",
    "{count} rows with an empty “{column}” take it from the row above (this is the first)",
);
/// A class code that cannot be one.
pub(crate) const BAD_CODE: Kind = Kind::warning(
    "cases.list_bad_code",
    "“{value}”不是类别代码，或与大类代码{major}矛盾，未采用",
    "“{value}” is no class code, or contradicts the major class {major}; it is left out",
);
/// Nothing tells to which edition the codes belong.
pub(crate) const NO_EDITION: Kind = Kind::warning(
    "cases.list_no_edition",
    "无法判断类别代码属于2013版还是2026版，{count}行的代码按本地类别保留；可指定版本后重新导入",
    "Nothing tells whether the codes are of 2013 or of 2026; those of {count} rows are kept as local. Say the edition and import again",
);
/// The edition was told by the codes or names.
pub(crate) const EDITION: Kind = Kind::note(
    "cases.list_edition",
    "类别代码按{value}版理解（依据：{why}）",
    "The class codes are read as of {value} (by {why_en})",
);
/// A code that the tables do not have.
pub(crate) const LOCAL_CLASS: Kind = Kind::note(
    "cases.list_local_class",
    "类别{value}不在国标类别表中，作为本地类别",
    "The class {value} is not in the national tables and is taken as local",
);
/// Code and name do not belong together by the tables.
pub(crate) const OTHER_NAME: Kind = Kind::warning(
    "cases.list_other_name",
    "{value}在2026版中对应{code}“{other}”，名称不一致，请人工确认，暂不对应",
    "{value} would be {code} “{other}” of 2026, but the names differ; a person must confirm it, so it is left open",
);
/// No code in the file; the name is in the tables.
pub(crate) const CODE_BY_NAME: Kind = Kind::note(
    "cases.list_code_by_name",
    "“{value}”没有代码，按名称对应2026版{code}",
    "“{value}” has no code; by its name it is {code} of 2026",
);
/// No code, and no such name.
pub(crate) const NO_CODE: Kind = Kind::warning(
    "cases.list_no_code",
    "“{value}”没有代码，类别表中也没有该名称",
    "“{value}” has no code, and the tables have no such name",
);
/// Component or matter is not known.
pub(crate) const NO_KIND: Kind = Kind::warning(
    "cases.list_no_kind",
    "无法判断{count}行是部件还是事件（首见本行），请指定后重新导入",
    "Nothing tells whether {count} rows are components or matters (this is the first); say it and import again",
);
/// A limit that was not understood.
pub(crate) const BAD_LIMIT: Kind = Kind::error(
    "cases.list_bad_limit",
    "处置时限“{value}”无法识别：{why}",
    "The limit “{value}” was not understood: {why_en}",
);
/// A limit that was understood only by assuming something.
pub(crate) const ASSUMED: Kind = Kind::warning(
    "cases.list_assumed",
    "处置时限“{value}”（共{count}行）：{why}，请确认",
    "The limit “{value}” ({count} rows): {why_en}; please confirm",
);
/// Limits that differ by class of area.
pub(crate) const BY_AREA: Kind = Kind::warning(
    "cases.list_by_area",
    "处置时限“{value}”（共{count}行）按区域类别不同：分别设定，未定类别的区域取第一个",
    "The limit “{value}” ({count} rows) differs by class of area: each is taken, and the first where an area has no class",
);
/// No limit.
pub(crate) const NO_LIMIT: Kind = Kind::warning("cases.list_no_limit", "没有处置时限", "There is no time limit");
/// A limit is the point of a standard.
pub(crate) const LEFT_NO_LIMIT: Kind = Kind::error(
    "cases.list_left_no_limit",
    "没有可用的处置时限，未导入",
    "There is no limit that can be used; not imported",
);
/// Only a person can tell component from matter.
pub(crate) const LEFT_NO_KIND: Kind = Kind::error(
    "cases.list_left_no_kind",
    "不知道是部件还是事件，未导入；请指定后重新预览",
    "Component or matter is not known; not imported. Say it and preview again",
);
/// Only a person can tell which class is meant.
pub(crate) const LEFT_CLASS: Kind = Kind::error(
    "cases.list_left_class",
    "类别的代码与名称不一致，未导入；请选择以代码还是以名称为准后重新预览",
    "Code and name of the class disagree; not imported. Choose which to follow and preview again",
);
/// Two rows that mean the same standard.
pub(crate) const LEFT_TWICE: Kind = Kind::error(
    "cases.list_left_twice",
    "与前面一行是同一条标准，未导入",
    "It is the same standard as a row above; not imported",
);
/// A name that is none of the bodies.
pub(crate) const UNKNOWN_BODY: Kind = Kind::warning(
    "cases.list_unknown_body",
    "没有名为“{value}”的单位（{count}行）；已有标准保留原单位，新标准暂无单位",
    "There is no body named “{value}” ({count} rows); standards that exist keep theirs, new ones have none yet",
);
/// A cell with more than one body.
pub(crate) const MORE_BODIES: Kind = Kind::warning(
    "cases.list_more_bodies",
    "“{value}”有多个单位（{count}行），只采用“{used}”",
    "“{value}” has several bodies ({count} rows); only “{used}” is taken",
);
/// A column that a standard has no place for.
pub(crate) const NOT_KEPT: Kind = Kind::note(
    "cases.list_not_kept",
    "“{column}”列的内容不保存",
    "What the column “{column}” says is not kept",
);
/// No responsible body.
pub(crate) const NO_BODY: Kind = Kind::warning("cases.list_no_body", "没有责任主体", "There is no responsible body");
/// The same standard a second time.
pub(crate) const DUPLICATE: Kind = Kind::warning(
    "cases.list_duplicate",
    "与第{first}行的类别和立案条件相同，未读取",
    "Class and filing condition are the same as in row {first}; the row was not read",
);
