// Keeps the key that the page of /enter was given, then goes on to the window. Runs on that page alone.

function enter() {
  const key = document.querySelector('meta[name="beckon-key"]')?.content;
  if (!key) {
    return;
  }
  localStorage.setItem('beckon.key', key);
  location.replace('/');
}

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', enter);
} else {
  enter();
}
