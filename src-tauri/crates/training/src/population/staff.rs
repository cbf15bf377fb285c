//! Made-up staff, their roles, and the organisations that take part in the pilot.
//!
//! Job roles are codes of England-SDSJobRoleName; the staff group and sub-group before them are
//! plausible, not looked up. The organisations are the four pilot sites of the founding notice.

use cpis_record::{ActivityCode, CareSetting, OdsCode, Organisation, Role, RoleProfileId, UserId};

/// A member of staff who holds a practice card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Twelve digits; the serial number of the subject of the card's certificate.
    pub user_id: UserId,
    /// Title, for example `Dr`.
    pub title: &'static str,
    /// Given name.
    pub given: &'static str,
    /// Family name, visibly made up.
    pub family: &'static str,
    /// The roles held; one of them is chosen after sign-in.
    pub roles: Vec<StaffRole>,
    /// What is special about the card.
    pub card: CardState,
    /// The file name of the card without its ending.
    pub(crate) card_name: &'static str,
    /// What the card is for, in plain words.
    pub(crate) card_purpose: &'static str,
}

/// A role with what the backend knows of it besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRole {
    /// The role.
    pub role: Role,
    /// Where it is exercised. It decides, with the organisation, whether CP-IS may be looked at.
    pub care_setting: CareSetting,
    /// The name in the three-part form of CIS2's `role_name`.
    pub national_name: String,
    /// The names of the activities, in the order of their codes.
    pub activity_names: Vec<&'static str>,
}

/// What is special about a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardState {
    /// Nothing.
    InOrder,
    /// Its certificate has expired.
    Expired,
    /// Its passcode was entered wrongly too often.
    Locked,
}

impl StaffMember {
    /// The name as other people read it, for example `Dr Ada Practice-Heron`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {} {}", self.title, self.given, self.family)
    }

    /// The role with this profile, if the person holds it.
    #[must_use]
    pub fn role(&self, profile: &str) -> Option<&StaffRole> {
        self.roles
            .iter()
            .find(|r| r.role.profile.as_str() == profile)
    }
}

/// An agreement under which an organisation may look at CP-IS in a care setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityToShare {
    /// The organisation.
    pub organisation: OdsCode,
    /// The care setting.
    pub care_setting: CareSetting,
    /// First day.
    pub from: chrono::NaiveDate,
    /// Last day; `None` while it is open.
    pub until: Option<chrono::NaiveDate>,
}

/// The pilot sites with their names.
pub(crate) const PILOT_SITES: [(&str, &str); 4] = [
    ("RKL", "WEST LONDON NHS TRUST"),
    ("RCU", "SHEFFIELD CHILDREN'S NHS FOUNDATION TRUST"),
    ("RBK", "WALSALL HEALTHCARE NHS TRUST"),
    ("RJ1", "GUY'S AND ST THOMAS' NHS FOUNDATION TRUST"),
];

/// The name of an organisation that takes part.
fn organisation_name(code: &str) -> Option<&'static str> {
    PILOT_SITES
        .iter()
        .find(|(c, _)| *c == code)
        .map(|(_, name)| *name)
}

/// The agreements with which a new store begins: from the first day of the pilot, open-ended.
pub(super) fn authorities_to_share() -> Vec<AuthorityToShare> {
    use CareSetting::{CommunityPaediatrics, EmergencyDental, MentalHealth, SexualHealth};
    let Some(from) = chrono::NaiveDate::from_ymd_opt(2020, 12, 14) else {
        return Vec::new();
    };
    [
        ("RKL", MentalHealth),
        ("RKL", CommunityPaediatrics),
        ("RCU", CommunityPaediatrics),
        ("RCU", EmergencyDental),
        ("RBK", CommunityPaediatrics),
        ("RBK", EmergencyDental),
        ("RJ1", EmergencyDental),
        ("RJ1", SexualHealth),
    ]
    .into_iter()
    .filter_map(|(code, care_setting)| {
        Some(AuthorityToShare {
            organisation: code.parse().ok()?,
            care_setting,
            from,
            until: None,
        })
    })
    .collect()
}

const VIEW_AND_NOTIFY: (&str, &str) = (ActivityCode::VIEW_AND_NOTIFY, "View CP-IS Flag");
const VIEW_SILENTLY: (&str, &str) = (
    ActivityCode::VIEW_SILENTLY,
    "View CP-IS Flag without sending an ASN",
);
const VIEW_DEMOGRAPHICS: (&str, &str) = ("B0820", "View Patient Demographics");

fn role(
    profile: &str,
    code: &str,
    national_name: [&str; 3],
    organisation: &str,
    care_setting: CareSetting,
    activities: &[(&'static str, &'static str)],
) -> Option<StaffRole> {
    Some(StaffRole {
        role: Role {
            profile: RoleProfileId::new(profile)?,
            code: code.to_owned(),
            name: national_name[2].to_owned(),
            organisation: Organisation {
                ods_code: organisation.parse().ok()?,
                name: organisation_name(organisation).map(str::to_owned),
            },
            activities: activities
                .iter()
                .map(|(c, _)| ActivityCode((*c).to_owned()))
                .collect(),
        },
        care_setting,
        national_name: national_name.map(|part| format!("\"{part}\"")).join(":"),
        activity_names: activities.iter().map(|(_, name)| *name).collect(),
    })
}

/// The people who hold cards. They are the same under every seed; their keys are not.
pub(super) fn staff() -> Vec<StaffMember> {
    const MEDICAL: &str = "Medical and Dental";
    let community = CareSetting::CommunityPaediatrics;
    let dental = CareSetting::EmergencyDental;
    [
        (
            ("555000000101", "Dr", "Ada", "Practice-Heron", CardState::InOrder),
            ("community-paediatrician", "Community paediatrician with two roles: one for booked clinics (the local authority is not told), one for unplanned care (it is told)"),
            vec![
                role("555000001011", "S0010:G0010:R0230", [MEDICAL, "Community Health Services", "Senior Clinical Medical Officer"], "RCU", community, &[VIEW_DEMOGRAPHICS, VIEW_SILENTLY]),
                role("555000001012", "S8000:G8000:R8000", ["Clinical", "Clinical Provision", "Clinical Practitioner Access Role"], "RCU", community, &[VIEW_DEMOGRAPHICS, VIEW_AND_NOTIFY]),
            ],
        ),
        (
            ("555000000102", "Mr", "Bertram", "Sample-Otter", CardState::InOrder),
            ("emergency-dentist", "Emergency dentist: the local authority is told about each check"),
            vec![role("555000001021", "S0010:G0030:R0300", [MEDICAL, "Community Dental Services", "Dental Officer"], "RJ1", dental, &[VIEW_DEMOGRAPHICS, VIEW_AND_NOTIFY])],
        ),
        (
            ("555000000103", "Ms", "Clementine", "Training-Wren", CardState::InOrder),
            ("dental-nurse", "Dental nurse: the local authority is not told about checks"),
            vec![role("555000001031", "S8000:G8000:R1570", ["Clinical", "Clinical Provision", "Dental Surgery Assistant"], "RBK", dental, &[VIEW_DEMOGRAPHICS, VIEW_SILENTLY])],
        ),
        (
            ("555000000104", "Mx", "Dorian", "Mock-Sparrow", CardState::InOrder),
            ("receptionist", "Receptionist whose role does not allow looking at CP-IS"),
            vec![role("555000001041", "S8000:G8001:R8009", ["Clinical", "Clinical Support", "Receptionist Access Role"], "RKL", community, &[VIEW_DEMOGRAPHICS])],
        ),
        (
            ("555000000105", "Sister", "Enid", "Pretend-Badger", CardState::Expired),
            ("expired-card", "Community nurse whose card has expired: sign-in is refused"),
            vec![role("555000001051", "S8000:G8000:R8001", ["Clinical", "Clinical Provision", "Nurse Access Role"], "RCU", community, &[VIEW_DEMOGRAPHICS, VIEW_SILENTLY])],
        ),
        (
            ("555000000106", "Mr", "Fergus", "Example-Magpie", CardState::Locked),
            ("locked-card", "Mental health nurse whose card is locked after three wrong passcodes"),
            vec![role("555000001061", "S8000:G8000:R8003", ["Clinical", "Clinical Provision", "Health Professional Access Role"], "RKL", CareSetting::MentalHealth, &[VIEW_DEMOGRAPHICS, VIEW_AND_NOTIFY])],
        ),
    ]
    .into_iter()
    .filter_map(|((user, title, given, family, card), (card_name, card_purpose), roles)| {
        Some(StaffMember {
            user_id: UserId::new(user)?,
            title,
            given,
            family,
            roles: roles.into_iter().flatten().collect(),
            card,
            card_name,
            card_purpose,
        })
    })
    .collect()
}
