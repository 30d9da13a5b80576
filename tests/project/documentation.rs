//! What the documents, the template and the watch routes say is what the code does.

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

/// A reviewer looks there first.
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

/// README.md, SECURITY.md and every page of `docs/`.
fn pages() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned(), "SECURITY.md".to_owned()];
    for entry in fs::read_dir(workspace_root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_name().unwrap().to_str().unwrap();
            pages.push(format!("docs/{name}"));
        }
    }
    pages
}

/// Code blocks hold neither links nor headings.
fn prose(page: &str) -> Vec<String> {
    let mut in_code = false;
    file(page)
        .lines()
        .filter(|line| {
            let is_fence = line.trim_start().starts_with("```");
            in_code ^= is_fence;
            !in_code && !is_fence
        })
        .map(str::to_owned)
        .collect()
}

/// The anchors that GitHub makes of a page's headings.
fn anchors(page: &str) -> BTreeSet<String> {
    prose(page)
        .iter()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[test]
fn every_link_between_pages_leads_to_a_file_and_a_heading() {
    let mut links = 0;
    for page in pages() {
        let text = prose(&page).join("\n");
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap();
            if target.starts_with("https://") {
                continue;
            }
            links += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let linked = if path.is_empty() {
                page.clone()
            } else if let Some(path) = path.strip_prefix("../") {
                path.to_owned()
            } else if page.starts_with("docs/") {
                format!("docs/{path}")
            } else {
                path.to_owned()
            };
            assert!(
                workspace_root().join(&linked).exists(),
                "{page}: {target} does not exist"
            );
            if !anchor.is_empty() {
                assert!(
                    anchors(&linked).contains(anchor),
                    "{page}: {target} has no such heading"
                );
            }
        }
    }
    assert!(links > 30, "{links} links");
}

#[test]
fn every_path_in_the_architecture_and_security_pages_exists() {
    for (page, at_least) in [("docs/architecture.md", 30), ("SECURITY.md", 20)] {
        let text = prose(page).join("\n");
        let paths: BTreeSet<&str> = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|code| code.contains('/') && !code.starts_with('/'))
            .filter(|code| {
                code.ends_with('/')
                    || [".rs", ".md", ".pem", ".toml", ".yaml", ".json"]
                        .iter()
                        .any(|ending| code.ends_with(ending))
            })
            .collect();
        assert!(paths.len() >= at_least, "{page}: {} paths", paths.len());
        for path in paths {
            let is_there = ["", "shared/src", "tests"]
                .iter()
                .any(|folder| workspace_root().join(folder).join(path).exists());
            assert!(is_there, "{page}: {path} does not exist");
        }
    }
}
