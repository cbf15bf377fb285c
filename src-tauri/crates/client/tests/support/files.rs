//! What a program has left on the disk.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Every file below a folder with its content. A running program replaces its files by renaming, so a name that is
/// gone when its turn comes makes the reading begin anew: what it was renamed to must not be missed.
pub fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    loop {
        let mut files = BTreeMap::new();
        match read(folder, &mut files) {
            Ok(()) => return files,
            Err(fault) if fault.kind() == ErrorKind::NotFound && folder.exists() => {}
            Err(fault) => panic!("{}: {fault}", folder.display()),
        }
    }
}

fn read(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, files)?;
        } else {
            let content = std::fs::read(&path)?;
            files.insert(path, content);
        }
    }
    Ok(())
}
