//! Rules about the packages: who may import whom, where versions are written, which lints hold.
//! They read the `Cargo.toml` files; imports inside a package are judged in `imports.rs`.

use crate::tree::{File, Offence, Tree, finds, obeyed};
use toml::de::{DeTable, DeValue};

/// Each package of the project, and the packages of the project that it may import.
const ARROWS: [(&str, &[&str]); 6] = [
    ("deploysim-protocol", &[]),
    ("deploysim-nodes", &["deploysim-protocol"]),
    (
        "deploysim-scenarios",
        &["deploysim-protocol", "deploysim-nodes"],
    ),
    (
        "deploysim-reports",
        &[
            "deploysim-protocol",
            "deploysim-nodes",
            "deploysim-scenarios",
        ],
    ),
    (
        "deploysim-benches",
        &[
            "deploysim-protocol",
            "deploysim-nodes",
            "deploysim-scenarios",
        ],
    ),
    (
        "deploysim",
        &[
            "deploysim-protocol",
            "deploysim-nodes",
            "deploysim-scenarios",
            "deploysim-reports",
        ],
    ),
];

/// Runtimes, generators and simulators: `protocol` is words and bytes.
const NOT_IN_PROTOCOL: [&str; 6] = ["tokio", "rand", "turmoil", "stateright", "futures", "async"];

/// Features of the nodes that bring what a pure core does without, each for one folder or file.
const OPTIONAL: [&str; 4] = ["shell", "embedded", "gateway", "live"];

/// What the cores of the nodes are built from, beside `protocol`.
const PURE: [&str; 10] = [
    "blake3",
    "deploysim-protocol",
    "hashbrown",
    "jiff",
    "rand",
    "rand_chacha",
    "rand_distr",
    "rand_xoshiro",
    "rustc-hash",
    "smallvec",
];

/// Libraries that only `scenarios` may name, for the one world that each serves.
const OF_ONE_WORLD: [&str; 2] = ["stateright", "turmoil"];

struct Manifest<'a> {
    file: &'a File,
    table: toml::Table,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    section: String,
    line: usize,
    table: toml::Table,
}

fn arrows(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for manifest in packages(tree) {
        let name = manifest.name();
        let Some((_, allowed)) = ARROWS.iter().find(|(package, _)| *package == name) else {
            offences.push(manifest.file.offence(
                1,
                "arrows",
                format!("{name} has no place among the packages"),
            ));
            continue;
        };
        let ours = manifest
            .dependencies
            .iter()
            .filter(|one| one.name.starts_with("deploysim"));
        for one in ours.filter(|one| !allowed.contains(&one.name.as_str())) {
            let what = format!("{name} must not import {}", one.name);
            offences.push(manifest.file.offence(one.line, "arrows", what));
        }
    }
    offences
}

fn protocol_has_no_runtime(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for manifest in packages(tree)
        .iter()
        .filter(|one| one.name() == "deploysim-protocol")
    {
        // A test may draw random bytes, so that decoding meets what nobody thought of.
        for one in manifest
            .dependencies
            .iter()
            .filter(|one| one.section != "dev-dependencies")
        {
            let family = one.name.split(['-', '_']).next().unwrap_or(&one.name);
            if NOT_IN_PROTOCOL.contains(&family) {
                let what = format!("protocol must not depend on {}", one.name);
                offences.push(
                    manifest
                        .file
                        .offence(one.line, "protocol-has-no-runtime", what),
                );
            }
        }
    }
    offences
}

fn nodes_are_pure(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for manifest in packages(tree)
        .iter()
        .filter(|one| one.name() == "deploysim-nodes")
    {
        let features = manifest
            .table
            .get("features")
            .and_then(toml::Value::as_table);
        let list = |feature: &str| {
            features
                .and_then(|all| all.get(feature))
                .and_then(toml::Value::as_array)
        };
        let names = |feature: &str, word: &str| {
            list(feature).is_some_and(|words| words.iter().any(|one| one.as_str() == Some(word)))
        };
        for feature in OPTIONAL.into_iter().filter(|one| names("default", one)) {
            let what = format!("feature {feature} must not be a default");
            offences.push(manifest.file.offence(1, "nodes-are-pure", what));
        }
        for one in manifest
            .dependencies
            .iter()
            .filter(|one| one.section == "dependencies")
        {
            let is_optional =
                one.table.get("optional").and_then(toml::Value::as_bool) == Some(true);
            let dependency = format!("dep:{}", one.name);
            let is_of_feature =
                is_optional && OPTIONAL.iter().any(|feature| names(feature, &dependency));
            if !PURE.contains(&one.name.as_str()) && !is_of_feature {
                let what = format!(
                    "{} must be optional and of feature {} (\"dep:{0}\")",
                    one.name,
                    OPTIONAL.join(" or ")
                );
                offences.push(manifest.file.offence(one.line, "nodes-are-pure", what));
            }
        }
    }
    offences
}

fn worlds_keep_their_library(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for manifest in packages(tree)
        .iter()
        .filter(|one| one.name() != "deploysim-scenarios")
    {
        for one in manifest
            .dependencies
            .iter()
            .filter(|one| OF_ONE_WORLD.contains(&one.name.as_str()))
        {
            let what = format!("only scenarios may depend on {}", one.name);
            offences.push(
                manifest
                    .file
                    .offence(one.line, "worlds-keep-their-library", what),
            );
        }
    }
    offences
}

fn versions_are_written_once(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for manifest in packages(tree) {
        for one in &manifest.dependencies {
            if one.table.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                let what = format!("write `{}.workspace = true`", one.name);
                offences.push(
                    manifest
                        .file
                        .offence(one.line, "versions-are-written-once", what),
                );
            }
        }
        for key in ["version", "edition", "rust-version", "license"] {
            if !manifest.is_true(&["package", key, "workspace"]) {
                let what = format!("write `{key}.workspace = true` under [package]");
                offences.push(manifest.file.offence(1, "versions-are-written-once", what));
            }
        }
    }
    offences
}

fn lints_are_the_workspaces(tree: &Tree) -> Vec<Offence> {
    let rule = "lints-are-the-workspaces";
    let mut offences = Vec::new();
    for manifest in packages(tree) {
        if !manifest.is_true(&["lints", "workspace"]) {
            offences.push(
                manifest
                    .file
                    .offence(1, rule, "write `[lints] workspace = true`"),
            );
        }
        let unsafe_code = manifest.value(&["workspace", "lints", "rust", "unsafe_code"]);
        if manifest.file.path == "Cargo.toml"
            && unsafe_code.and_then(toml::Value::as_str) != Some("forbid")
        {
            offences.push(manifest.file.offence(
                1,
                rule,
                "[workspace.lints.rust] must forbid unsafe_code",
            ));
        }
    }
    offences
}

/// The root package and the members of the workspace, as far as their folders exist.
fn packages(tree: &Tree) -> Vec<Manifest<'_>> {
    let Some(root) = tree.file("Cargo.toml") else {
        return tree.ending("Cargo.toml").map(Manifest::read).collect();
    };
    let root = Manifest::read(root);
    let members = root
        .value(&["workspace", "members"])
        .and_then(toml::Value::as_array);
    let paths: Vec<String> = members
        .into_iter()
        .flatten()
        .filter_map(|member| member.as_str().map(|folder| format!("{folder}/Cargo.toml")))
        .collect();
    let members = paths
        .iter()
        .filter_map(|path| tree.file(path))
        .map(Manifest::read);
    std::iter::once(root).chain(members).collect()
}

impl<'a> Manifest<'a> {
    fn read(file: &'a File) -> Self {
        let table: toml::Table = file
            .text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let spanned = DeTable::parse(&file.text).expect("what parsed once parses again");
        let mut manifest = Self {
            file,
            table,
            dependencies: Vec::new(),
        };
        for (key, value) in spanned.get_ref() {
            let DeValue::Table(inner) = value.get_ref() else {
                continue;
            };
            manifest.section(key.get_ref(), inner);
            if key.get_ref() == "target" {
                for platform in inner.values() {
                    for (key, value) in platform.get_ref().as_table().into_iter().flatten() {
                        value.get_ref().as_table().into_iter().for_each(|inner| {
                            manifest.section(key.get_ref(), inner);
                        });
                    }
                }
            }
        }
        manifest
    }

    fn section(&mut self, section: &str, table: &DeTable<'_>) {
        if !["dependencies", "dev-dependencies", "build-dependencies"].contains(&section) {
            return;
        }
        for (key, value) in table {
            let line = self.file.text[..key.span().start].matches('\n').count() + 1;
            let known =
                value
                    .get_ref()
                    .as_table()
                    .into_iter()
                    .flatten()
                    .filter_map(|(key, value)| {
                        let value = value.get_ref().as_bool()?;
                        Some((key.get_ref().to_string(), toml::Value::Boolean(value)))
                    });
            self.dependencies.push(Dependency {
                name: key.get_ref().to_string(),
                section: section.to_owned(),
                line,
                table: known.collect(),
            });
        }
    }

    fn name(&self) -> String {
        let name = self
            .value(&["package", "name"])
            .and_then(toml::Value::as_str);
        name.unwrap_or_else(|| panic!("{} has no package name", self.file.path))
            .to_owned()
    }

    fn value(&self, keys: &[&str]) -> Option<&toml::Value> {
        let (first, rest) = keys.split_first()?;
        rest.iter()
            .try_fold(self.table.get(*first)?, |value, key| value.get(key))
    }

    fn is_true(&self, keys: &[&str]) -> bool {
        self.value(keys).and_then(toml::Value::as_bool) == Some(true)
    }
}

#[test]
fn packages_import_along_the_arrows() {
    obeyed(arrows);
}

#[test]
fn an_import_against_the_arrows_is_found() {
    let nodes = "[package]\nname = \"deploysim-nodes\"\n[dependencies]\ndeploysim-protocol.workspace = true\n[dev-dependencies]\ndeploysim-scenarios.workspace = true";
    let scenarios = "[package]\nname = \"deploysim-scenarios\"\n[dependencies]\ndeploysim-reports.workspace = true\ndeploysim-benches.workspace = true";
    let other = "[package]\nname = \"deploysim-other\"";
    finds(
        arrows,
        &[
            ("nodes/Cargo.toml", nodes),
            ("scenarios/Cargo.toml", scenarios),
            ("other/Cargo.toml", other),
        ],
        &[
            "nodes/Cargo.toml:6",
            "other/Cargo.toml:1",
            "scenarios/Cargo.toml:4",
            "scenarios/Cargo.toml:5",
        ],
    );
}

#[test]
fn protocol_depends_on_no_runtime() {
    obeyed(protocol_has_no_runtime);
}

#[test]
fn a_runtime_in_protocol_is_found() {
    let text = "[package]\nname = \"deploysim-protocol\"\n[dependencies]\nserde.workspace = true\nrand_chacha.workspace = true\n[target.'cfg(unix)'.dependencies]\ntokio.workspace = true\n[dev-dependencies]\nrand.workspace = true";
    finds(
        protocol_has_no_runtime,
        &[("protocol/Cargo.toml", text)],
        &["protocol/Cargo.toml:5", "protocol/Cargo.toml:7"],
    );
}

#[test]
fn nodes_without_shell_are_pure() {
    obeyed(nodes_are_pure);
}

#[test]
fn an_impure_dependency_of_nodes_is_found() {
    let text = "[package]\nname = \"deploysim-nodes\"\n[features]\ndefault = [\"shell\"]\nshell = [\"dep:tokio\"]\n[dependencies]\nhashbrown.workspace = true\nserde.workspace = true\ntokio = { workspace = true, optional = true }\nhyper = { workspace = true, optional = true }";
    finds(
        nodes_are_pure,
        &[("nodes/Cargo.toml", text)],
        &[
            "nodes/Cargo.toml:1",
            "nodes/Cargo.toml:8",
            "nodes/Cargo.toml:10",
        ],
    );
}

/// A library for a feature has to be optional, of that feature, and of one that is known; and no
/// such feature is there unless somebody asks for it.
#[test]
fn a_library_of_the_embedded_store_in_every_build_is_found() {
    let package = "[package]\nname = \"deploysim-nodes\"\n";
    let good = format!(
        "{package}[features]\nembedded = [\"dep:redb\"]\n[dependencies]\nblake3.workspace = true\nredb = {{ workspace = true, optional = true }}"
    );
    finds(nodes_are_pure, &[("nodes/Cargo.toml", &good)], &[]);
    let is_default = good.replace("[features]\n", "[features]\ndefault = [\"embedded\"]\n");
    let is_always_there = good.replace(", optional = true", "");
    let is_of_no_feature = good.replace("[\"dep:redb\"]", "[]");
    let is_of_another = good.replace("embedded =", "database =");
    for (bad, place) in [
        (is_default, "nodes/Cargo.toml:1"),
        (is_always_there, "nodes/Cargo.toml:7"),
        (is_of_no_feature, "nodes/Cargo.toml:7"),
        (is_of_another, "nodes/Cargo.toml:7"),
    ] {
        finds(nodes_are_pure, &[("nodes/Cargo.toml", &bad)], &[place]);
    }
}

#[test]
fn only_scenarios_depends_on_the_library_of_a_world() {
    obeyed(worlds_keep_their_library);
}

#[test]
fn turmoil_in_another_package_is_found() {
    let text = "[package]\nname = \"deploysim-benches\"\n[dependencies]\nturmoil.workspace = true";
    finds(
        worlds_keep_their_library,
        &[("benches/Cargo.toml", text)],
        &["benches/Cargo.toml:4"],
    );
}

#[test]
fn every_version_is_written_once() {
    obeyed(versions_are_written_once);
}

#[test]
fn a_second_version_is_found() {
    let package = "[package]\nname = \"deploysim-nodes\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n";
    let bad = format!(
        "{package}[dependencies]\nrand = \"0.9\"\njiff.workspace = true\ntoml = {{ version = \"1\" }}"
    );
    finds(
        versions_are_written_once,
        &[("nodes/Cargo.toml", &bad)],
        &["nodes/Cargo.toml:8", "nodes/Cargo.toml:10"],
    );
    let other = package.replace("edition.workspace = true", "edition = \"2021\"");
    finds(
        versions_are_written_once,
        &[("nodes/Cargo.toml", &other)],
        &["nodes/Cargo.toml:1"],
    );
}

#[test]
fn every_package_has_the_lints_of_the_workspace() {
    obeyed(lints_are_the_workspaces);
}

#[test]
fn a_package_with_lints_of_its_own_is_found() {
    let root = "[workspace]\nmembers = [\"nodes\", \"benches\"]\n[workspace.lints.rust]\nunsafe_code = \"deny\"\n[package]\nname = \"deploysim\"\n[lints]\nworkspace = true";
    let nodes = "[package]\nname = \"deploysim-nodes\"";
    finds(
        lints_are_the_workspaces,
        &[("Cargo.toml", root), ("nodes/Cargo.toml", nodes)],
        &["Cargo.toml:1", "nodes/Cargo.toml:1"],
    );
}
