//! What this app refuses, with the words for it. What is wrong in an imported file stands beside the code that finds it, in
//! `import`.

kernel::codes! {
    /// Text that is no component code.
    BAD_CODE = 422, "components.bad_code", "不是部件标识码：{why}", "Not a component code: {why_en}";
    /// A code that begins with another district than the one the component stands in.
    OTHER_DISTRICT = 422, "components.other_district", "标识码属于{code}，位置却在{area}", "The code belongs to {code}, the place lies in {area}";
    /// Every number of the class is used.
    NO_NUMBER_LEFT = 409, "components.no_number_left", "该类部件的顺序号已用完", "No number is left for this class";
    /// A point outside every area.
    OUTSIDE = 422, "components.outside", "位置不在本区范围内", "The place lies outside the district";
}
