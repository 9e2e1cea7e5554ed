//! Secrets that files hold.

use super::{Properties, SECRET_VARIABLE, Secret};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

fn found(text: &str, variable: Option<&str>) -> Result<Option<String>, String> {
    let properties = Properties::parse(Path::new("a.conf"), text).unwrap();
    let variable = |name: &str| {
        let is_it = name == SECRET_VARIABLE;
        variable.filter(|_| is_it).map(OsString::from)
    };
    let secret = Secret::find(&properties, variable);
    let secret = secret.map_err(|error| error.to_string())?;
    Ok(secret.map(|secret| secret.variable().1.to_owned()))
}

#[test]
fn a_files_bytes_are_the_secret_unless_it_is_stated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, [0xff, 0xfe, b'\n']).unwrap();
    let file = format!("spark.authenticate.secret.file {}\n", path.display());
    assert_eq!(found(&file, None), Ok(Some("//4K".to_owned())));
    let stated = format!("{file}spark.authenticate.secret stated\n");
    assert_eq!(found(&stated, None), Ok(Some("stated".to_owned())));
    assert_eq!(found(&stated, Some("said")), Ok(Some("said".to_owned())));
    let off = format!("{file}spark.authenticate false\n");
    assert!(
        found(&off, None)
            .unwrap_err()
            .contains("leave one of the two out")
    );
}

#[test]
fn a_file_that_is_no_secret_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| {
        let line = format!("spark.authenticate.secret.file {}\n", path.display());
        let error = found(&line, None).unwrap_err();
        let (place, why) = error.split_once(&*path.display().to_string()).unwrap();
        assert_eq!(place, "error: spark.authenticate.secret.file: ");
        why.to_owned()
    };
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    assert_eq!(refused(&file("empty", b"")), ": it is empty");
    let long = file("long", &[b'a'; (64 << 10) + 1]);
    assert_eq!(refused(&long), ": it has more than 65536 bytes");
    assert_eq!(refused(folder.path()), ": it is no file");
    assert!(refused(&folder.path().join("none")).contains("No such file"));
}
