// A member's face and name: the same as `_face.html` makes, for what arrives while one reads.

const UPLOAD = /^(\/uploads\/[0-9a-f]{32})(?:-\d+)?\.webp$/;

/** Fill a [data-slot=face] for a member, or for nobody. */
export function showFace(face, member) {
  if (!member?.avatar_url) return showInitial(face, member);
  face.className = face.className.replace(/hue-\w+/, "hue-none");
  const image = Object.assign(new Image(), { src: sized(member.avatar_url), alt: "", decoding: "async" });
  // An older event may name a picture that was replaced since.
  image.addEventListener("error", () => showInitial(face, member));
  face.replaceChildren(image);
}

/** Fill a [data-slot=name]: the way to the member's page, where there is one. */
export function showName(name, member) {
  name.textContent = member?.name ?? "Deleted member";
  if (member) name.setAttribute("href", `/@${member.username}`);
  else name.removeAttribute("href");
}

function showInitial(face, member) {
  face.className = face.className.replace(/hue-\w+/, member ? `hue-${member.id % 12}` : "hue-none");
  face.textContent = member ? [...member.name][0].toUpperCase() : "";
}

const sized = (url) => url.replace(UPLOAD, "$1-64.webp");
