//! Wants to run while it is compiled.

#![crate_type = "proc-macro"]

extern crate proc_macro;

mod outside;

use proc_macro::TokenStream;

#[proc_macro]
pub fn hostile(_: TokenStream) -> TokenStream {
    let _ = std::fs::write(outside::SECRET, "by a macro");
    TokenStream::new()
}

fn main() {}
