//! Lets the program be built again when the pages were, and be built at all before they were for the first time.

fn main() {
    // The folder is embedded as it is now; cargo must look at it, since pages get new names whenever they change.
    println!("cargo:rerun-if-changed=../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
    let folder = std::path::Path::new("../web/dist");
    if !folder.exists() {
        // Without it there is nothing to embed; the program then says on its page how to build them. A source tree that
        // cannot be written to is no reason to fail either: a missing folder is allowed, cargo only looks more often.
        drop(std::fs::create_dir_all(folder));
    }
}
