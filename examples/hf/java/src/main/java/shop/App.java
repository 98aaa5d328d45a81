package shop;

import com.pulumi.Pulumi;
import com.pulumiinference.inference.hf.Endpoint;
import com.pulumiinference.inference.hf.EndpointArgs;
import com.pulumiinference.inference.hf.inputs.EndpointCloudProviderArgs;
import com.pulumiinference.inference.hf.inputs.EndpointComputeArgs;
import com.pulumiinference.inference.hf.inputs.EndpointComputeScalingArgs;
import com.pulumiinference.inference.hf.inputs.EndpointComputeScalingMeasureArgs;
import com.pulumiinference.inference.hf.inputs.EndpointModelArgs;
import com.pulumiinference.inference.hf.inputs.EndpointModelImageArgs;
import com.pulumiinference.inference.hf.inputs.EndpointModelImageVLLMArgs;
import com.pulumiinference.inference.hf.outputs.EndpointTarget;
import java.util.Map;

public class App {
    public static void main(String[] args) {
        Pulumi.run(ctx -> {
            var config = ctx.config();
            var chat = new Endpoint("chat", EndpointArgs.builder()
                .type("authenticated")
                .cloudProvider(EndpointCloudProviderArgs.builder()
                    .vendor("aws")
                    .region("us-east-1")
                    .build())
                .compute(EndpointComputeArgs.builder()
                    .accelerator("gpu")
                    .instanceType("nvidia-l4")
                    .instanceSize("x1")
                    .scaling(EndpointComputeScalingArgs.builder()
                        .minReplica(0)
                        .maxReplica(config.getInteger("maxReplicas").orElse(2))
                        .scaleToZeroTimeout(15)
                        .measure(EndpointComputeScalingMeasureArgs.builder()
                            .pendingRequests(1.5)
                            .build())
                        .build())
                    .build())
                .model(EndpointModelArgs.builder()
                    .repository(config.get("model").orElse("Qwen/Qwen2.5-1.5B-Instruct"))
                    .framework("pytorch")
                    .task("text-generation")
                    .image(EndpointModelImageArgs.builder()
                        .vLLM(EndpointModelImageVLLMArgs.builder()
                            .url("vllm/vllm-openai:v0.10.2")
                            .tensorParallelSize(1)
                            .build())
                        .build())
                    .env(Map.of("MAX_MODEL_LEN", "8192"))
                    .build())
                .tags("chat", "managed-by-pulumi")
                .build());

            ctx.export("endpointId", chat.endpointId());
            ctx.export("url", chat.url());
            ctx.export("baseUrl", chat.target()
                .applyValue(target -> target.baseUrl().orElse("")));
            ctx.export("model", chat.target()
                .applyValue(EndpointTarget::model));
        });
    }
}
