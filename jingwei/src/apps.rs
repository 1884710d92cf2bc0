//! THE LIST: the apps of this program. Everything else finds them here.

use kernel::App;

/// Every app, the ground floor first: tables are made, and memories loaded, in this order.
pub fn all() -> Vec<Box<dyn App>> {
    vec![
        // The ground floor: areas, bodies, posts.
        Box::new(grid::Grid),
        // What stands in the city.
        Box::new(components::Components),
        // The main job: from the report to the evaluation.
        Box::new(cases::Cases),
    ]
}
