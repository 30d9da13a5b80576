//! The paths among a macro's arguments, which `syn` leaves as tokens.

use syn::{
    Ident, Macro, Path, Result, braced, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
    token::{Brace, Bracket, Paren},
};

pub fn paths_in_macro(call: &Macro) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let read = |input: ParseStream| collect(input, &mut paths);
    read.parse2(call.tokens.clone())
        .expect("any tokens can be read");
    paths
}

fn collect(input: ParseStream, paths: &mut Vec<Vec<String>>) -> Result<()> {
    while !input.is_empty() {
        let content;
        if input.peek(Paren) {
            parenthesized!(content in input);
            collect(&content, paths)?;
        } else if input.peek(Bracket) {
            bracketed!(content in input);
            collect(&content, paths)?;
        } else if input.peek(Brace) {
            braced!(content in input);
            collect(&content, paths)?;
        } else if input.peek(Ident::peek_any) {
            let path = read_path(input)?;
            if path.len() > 1 {
                paths.push(path);
            }
        } else {
            skip_token(input)?;
        }
    }
    Ok(())
}

fn read_path(input: ParseStream) -> Result<Vec<String>> {
    let fork = input.fork();
    if fork.call(Path::parse_mod_style).is_err() {
        // A keyword, or a path with generic arguments: their own paths are read next.
        skip_token(input)?;
        return Ok(Vec::new());
    }
    let path = input.call(Path::parse_mod_style)?;
    Ok(path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect())
}

fn skip_token(input: ParseStream) -> Result<()> {
    input.step(|cursor| {
        let token = cursor.token_tree();
        token
            .map(|(_, rest)| ((), rest))
            .ok_or_else(|| cursor.error("a token"))
    })
}
