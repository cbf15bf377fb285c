//! Pages are followed to the end or the answer is refused.

use super::*;

fn page(url: Option<&str>, ids: &[usize], total: usize) -> Vec<u8> {
    let entries: Vec<Value> = ids
        .iter()
        .map(|id| {
            let body = team("/id", json!(format!("plan-{id}")));
            with(body, "/entry/0/fullUrl", json!(format!("urn:uuid:{id}")))["entry"][0].clone()
        })
        .collect();
    let link: Vec<Value> = url
        .iter()
        .map(|url| json!({ "relation": "next", "url": url }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "total": total, "link": link, "entry": entries })
        .to_string()
        .into_bytes()
}

fn all_pages(bodies: &[Vec<u8>]) -> Result<usize, ReadError> {
    let mut pages = Pages::new();
    for body in bodies {
        if let Progress::Complete(plans) = pages.add(read_plans_page(body, &published_number())?)? {
            return Ok(plans.len());
        }
    }
    Err(ReadError::Incomplete("no end"))
}

#[test]
fn pages_are_followed_or_the_answer_is_refused() {
    let (a, b) = (Some("?page=2"), Some("?page=3"));
    assert_eq!(
        all_pages(&[page(a, &[1, 2], 3), page(None, &[3], 3)]),
        Ok(3)
    );
    assert_eq!(
        all_pages(&[page(a, &[1], 3), page(b, &[2], 3), page(None, &[3], 3)]),
        Ok(3)
    );
    assert_eq!(all_pages(&[page(a, &[1, 2], 2), page(None, &[], 2)]), Ok(2));
    for refused in [
        vec![page(a, &[1, 2], 3)],
        vec![page(a, &[1, 2], 3), page(None, &[], 3)],
        vec![page(a, &[1, 2], 3), page(None, &[3], 4)],
        vec![page(a, &[1, 2], 3), page(None, &[3, 4], 3)],
        vec![page(a, &[1, 2], 4), page(None, &[2, 3], 4)],
        vec![page(a, &[1, 2], 4), page(a, &[3], 4), page(None, &[4], 4)],
        vec![page(a, &[], 0), page(None, &[], 0)],
        vec![page(a, &[1, 2], 1), page(None, &[], 1)],
    ] {
        assert!(all_pages(&refused).is_err());
    }
    let endless: Vec<Vec<u8>> = (0..PAGE_LIMIT + 5)
        .map(|n| page(Some(&format!("?page={n}")), &[n], 1000))
        .collect();
    assert_eq!(
        all_pages(&endless),
        Err(ReadError::Incomplete("too many pages"))
    );
}

#[test]
fn nothing_follows_the_last_page_nor_an_error() {
    let asked = published_number();
    let read = |body: &[u8]| read_plans_page(body, &asked).unwrap();
    let mut pages = Pages::new();
    assert!(matches!(
        pages.add(read(&page(None, &[1], 1))),
        Ok(Progress::Complete(_))
    ));
    assert!(pages.add(read(&page(None, &[], 1))).is_err());
    let mut pages = Pages::new();
    assert!(pages.add(read(&page(None, &[1], 2))).is_err());
    assert!(pages.add(read(&page(None, &[2], 2))).is_err());
}
