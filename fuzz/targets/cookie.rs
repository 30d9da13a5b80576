//! Finds the session token in headers. Each line of the input is one header.

#![no_main]

use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use shared::{
    CookieNaming, TokenFault,
    session::{Transport, session_token},
};

fuzz_target!(|input: &[u8]| {
    let headers = headers(input);
    let found = session_token(&headers, CookieNaming::Host);
    if let Ok((token, _)) = found {
        assert!(!token.is_empty() && token.trim_matches(' ') == token);
    }
    if headers.contains_key(header::AUTHORIZATION) {
        assert!(!matches!(
            found,
            Ok((_, Transport::Cookie)) | Err(TokenFault::Missing)
        ));
        let mut alone = headers.clone();
        alone.remove(header::COOKIE);
        assert_eq!(found, session_token(&alone, CookieNaming::Host));
        return;
    }
    match (found, values(&headers).as_slice()) {
        (Ok((token, Transport::Cookie)), [value]) => assert_eq!(token.as_bytes(), *value),
        (Err(TokenFault::Missing), [] | [b""]) => {}
        (Err(TokenFault::Malformed(_)), [value]) => assert!(str::from_utf8(value).is_err()),
        (Err(TokenFault::Malformed(_)), [_, _, ..]) => {}
        (found, values) => panic!("{found:?} of {values:?}"),
    }
    let mut more = headers.clone();
    more.append(
        header::COOKIE,
        HeaderValue::from_static("theme=dark; session=other; x"),
    );
    more.append(
        header::COOKIE,
        HeaderValue::from_bytes(b"name=\xe9").unwrap(),
    );
    assert_eq!(found, session_token(&more, CookieNaming::Host));
});

/// A line is a Cookie header, or an Authorization header if it begins with an `A`.
fn headers(input: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n').take(8) {
        let (name, value) = match line.split_first() {
            Some((b'A', value)) => (header::AUTHORIZATION, value),
            _ => (header::COOKIE, line),
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(name, value);
        }
    }
    headers
}

/// Of every session cookie, by bytes.
fn values(headers: &HeaderMap) -> Vec<&[u8]> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = pair.split_at(equals);
            (name.trim_ascii() == b"__Host-session").then(|| value[1..].trim_ascii())
        })
        .collect()
}
