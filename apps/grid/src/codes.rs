//! The app's refusals. What is wrong in an imported file stands beside the code that finds it, in `import`.

kernel::codes! {
    /// Text that is no area code.
    BAD_CODE = 422, "grid.bad_code", "不是区划代码：{why}", "Not an area code: {why_en}";
    /// The area above is not there.
    NO_PARENT = 422, "grid.no_parent", "上级区划{parent}不存在，请先建立", "The area above, {parent}, does not exist; make it first";
    /// A grid has nothing below it.
    NOTHING_BELOW = 422, "grid.nothing_below", "{parent}是网格，没有下级", "{parent} is a grid and has nothing below it";
    /// Every number of the range is used.
    NO_CODE_LEFT = 409, "grid.no_code_left", "{parent}之下没有可用于“{name}”的代码", "No code is left below {parent} for “{name}”";
    /// A body of a town needs a town, of a village a village.
    WRONG_LEVEL = 422, "grid.wrong_level", "应为{zh}", "Must be a {en}";
    /// More shapes than one reply carries.
    TOO_MANY_SHAPES = 422, "grid.too_many_shapes", "图形超过{most}个，请缩小范围", "More than {most} shapes; choose a smaller area";
    /// Areas were changed by others again and again while an import was being read.
    BUSY = 409, "grid.busy", "他人正在修改区划，请稍后重试", "Others are changing the areas; try again shortly";
}
