#![doc = include_str!("../README.md")]

use proc_macro::TokenStream;
use quote::quote;
use syn::{ItemFn, parse_macro_input};

/// Turns `async fn name(store: Store)` into two tests, `name::sqlite` and `name::postgres`.
///
/// The PostgreSQL one needs `JINGWEI_TEST_PG` (`cargo xtask test` starts a throw-away cluster and sets it); without it the
/// test says that it skips.
#[proc_macro_attribute]
pub fn db_test(_: TokenStream, item: TokenStream) -> TokenStream {
    let function = parse_macro_input!(item as ItemFn);
    let name = &function.sig.ident;
    quote! {
        mod #name {
            use super::*;
            #function
            #[test]
            fn sqlite() {
                kernel::testing::on_sqlite(stringify!(#name), #name);
            }
            #[test]
            fn postgres() {
                kernel::testing::on_postgres(stringify!(#name), #name);
            }
        }
    }
    .into()
}
