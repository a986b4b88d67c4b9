// Lays out /api/openapi.json with Swagger UI, which the page loads from its package.
globalThis.SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  tryItOutEnabled: false,
  validatorUrl: null,
});
