//! Structs whose fields are the members of a JSON object.
//!
//! This is what serde's derive does. That takes eight CPU-seconds to compile, as much as all the rest
//! of the checks, and a student waits for it.

use serde::de::{DeserializeOwned, Error};
use serde_json::{Map, Value};

/// The members, in this order. A field with a value behind it isn't written if it has that value, and
/// has it if it isn't there.
macro_rules! object {
    (
        $(#[$about:meta])*
        $public:vis struct $name:ident {
            $($(#[$field_about:meta])* $seen:vis $field:ident: $type:ty $(= $usual:expr)?,)*
        }
    ) => {
        $(#[$about])*
        $public struct $name {
            $($(#[$field_about])* $seen $field: $type,)*
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                let mut object = serde::Serializer::serialize_map(to, None)?;
                $(if true $(&& self.$field != $usual)? {
                    let name = stringify!($field);
                    serde::ser::SerializeMap::serialize_entry(&mut object, name, &self.$field)?;
                })*
                serde::ser::SerializeMap::end(object)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                from: D,
            ) -> std::result::Result<Self, D::Error> {
                let mut members = serde::Deserialize::deserialize(from)?;
                $(
                    let usual = [$($usual)?].into_iter().next();
                    let $field =
                        crate::object::member(&mut members, stringify!($field), usual)?;
                )*
                Ok(Self { $($field),* })
            }
        }
    };
}

pub(crate) use object;

/// Takes a member out of an object; `usual` is its value if it isn't there.
pub fn member<T: DeserializeOwned, E: Error>(
    members: &mut Map<String, Value>,
    name: &'static str,
    usual: Option<T>,
) -> Result<T, E> {
    match (members.remove(name), usual) {
        (Some(value), _) => serde_json::from_value(value)
            .map_err(|error| E::custom(format_args!("`{name}`: {error}"))),
        (None, Some(usual)) => Ok(usual),
        (None, None) => Err(E::missing_field(name)),
    }
}

#[cfg(test)]
mod tests {
    object! {
        #[derive(Debug, PartialEq)]
        struct Pair {
            first: u8,
            second: Option<String> = None,
        }
    }

    #[test]
    fn members_stand_in_order_and_usual_ones_are_left_out() {
        for (pair, json) in [
            (Pair { first: 1, second: Some("two".to_owned()) }, r#"{"first":1,"second":"two"}"#),
            (Pair { first: 1, second: None }, r#"{"first":1}"#),
        ] {
            assert_eq!(serde_json::to_string(&pair).unwrap(), json);
            assert_eq!(serde_json::from_str::<Pair>(json).unwrap(), pair);
        }
        for (json, problem) in
            [(r#"{}"#, "missing field `first`"), (r#"{"first":"one"}"#, "`first`: invalid type")]
        {
            let error = serde_json::from_str::<Pair>(json).unwrap_err();
            assert!(error.to_string().contains(problem), "{error}");
        }
    }
}
