//! Documents, template and watch routes agree with the code.

use std::{collections::BTreeSet, fs};

use local::template::{RouteDeclaration, Template, workspace_root};
use shared::{ErrorCode, native::status};

fn file(name: &str) -> String {
    fs::read_to_string(workspace_root().join(name)).unwrap()
}

/// `(path, binary)` of every route that the template declares, without the `$default` one.
fn template_routes() -> BTreeSet<(String, String)> {
    let template = Template::read().unwrap();
    let mut routes = BTreeSet::new();
    for function in template.functions {
        for route in function.routes {
            if let RouteDeclaration::Path { path, .. } = route {
                routes.insert((path, function.binary.clone()));
            }
        }
    }
    routes
}

#[test]
fn the_api_page_lists_exactly_the_error_codes_of_the_code() {
    let page = file("docs/api.md");
    let table = page
        .split("<!-- error codes -->")
        .nth(1)
        .expect("a marked table of error codes");
    let listed: BTreeSet<(String, String)> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            (cells[0].trim_matches('`').to_owned(), cells[1].to_owned())
        })
        .collect();
    let known: BTreeSet<(String, String)> = ErrorCode::ALL
        .iter()
        .map(|code| (code.as_str().to_owned(), status(*code).as_u16().to_string()))
        .collect();
    assert_eq!(listed, known);
}

#[test]
fn an_error_code_is_letters_and_digits() {
    for code in ErrorCode::ALL {
        assert!(code.as_str().chars().all(|c| c.is_ascii_alphanumeric()));
    }
}

#[test]
fn the_watch_routes_are_those_of_the_template() {
    let manifest = file("Cargo.toml");
    let table = manifest
        .split("[workspace.metadata.lambda.watch.router]")
        .nth(1)
        .unwrap();
    let watched: BTreeSet<(String, String)> = table
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(path, binary)| {
            (
                path.trim().trim_matches('"').to_owned(),
                binary.trim().trim_matches('"').to_owned(),
            )
        })
        .collect();
    assert_eq!(watched, template_routes());
}

#[test]
fn every_function_folder_is_a_function_of_the_template() {
    let folders: BTreeSet<String> = fs::read_dir(workspace_root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let template = Template::read().unwrap();
    let declared: BTreeSet<String> = template
        .functions
        .into_iter()
        .map(|function| function.binary)
        .collect();
    assert_eq!(folders, declared);
}

#[test]
fn the_template_declares_every_documented_setting() {
    let page = file("docs/configuration.md");
    let template = file("template.yaml");
    let table = page
        .split("<!-- settings -->")
        .nth(1)
        .expect("a marked table of settings");
    let names: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .collect();
    assert!(names.len() > 10);
    for name in names {
        assert!(template.contains(&format!("        {name}:")), "{name}");
    }
}

#[test]
fn every_file_that_the_security_page_names_is_there() {
    let page = file("SECURITY.md");
    let rows: Vec<&str> = page
        .split("| promise | enforced in | tested in |")
        .nth(1)
        .unwrap()
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with('|'))
        .filter(|line| line.contains('`'))
        .collect();
    assert!(rows.len() > 20);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        for (cell, folder) in [(cells[1], "shared/src"), (cells[2], "tests")] {
            for path in cell.split('`').skip(1).step_by(2) {
                let root = workspace_root();
                let is_there = root.join(path).exists() || root.join(folder).join(path).exists();
                assert!(is_there, "{path}: {row}");
            }
        }
    }
}

#[test]
fn every_file_that_the_architecture_page_names_is_there() {
    let page = file("docs/architecture.md");
    let table = page.split("## Where is …?").nth(1).unwrap();
    let named: Vec<&str> = table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('/'))
        .collect();
    assert!(named.len() > 10);
    for name in named {
        assert!(workspace_root().join(name).exists(), "{name}");
    }
}

fn pages() -> Vec<String> {
    let docs = fs::read_dir(workspace_root().join("docs")).unwrap();
    let docs = docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pages: Vec<String> = docs
        .filter(|name| name.strip_suffix(".md").is_some())
        .map(|name| format!("docs/{name}"))
        .collect();
    pages.extend(["README.md".to_owned(), "SECURITY.md".to_owned()]);
    pages
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn every_link_between_pages_leads_to_a_file_and_a_heading() {
    let mut links = 0;
    for page in pages() {
        let text = file(&page);
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            links += 1;
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let folder = workspace_root().join(&page);
            let path = if path.is_empty() {
                folder.clone()
            } else {
                folder.parent().unwrap().join(path)
            };
            assert!(path.exists(), "{page}: {target}");
            if !heading.is_empty() {
                let text = fs::read_to_string(path).unwrap();
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                assert!(
                    headings.any(|line| anchor(line) == heading),
                    "{page}: {target}"
                );
            }
        }
    }
    assert!(links > 30, "only {links} links were found");
}
